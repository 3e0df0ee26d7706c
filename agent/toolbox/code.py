"""The tools `changes`, `diff` and `read_file`: what was changed, and what the source says."""

from __future__ import annotations

import shlex

from pydantic import Field

from agent.toolbox.bench import Bench
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.analysers.changes import LOOK_BACK_SECONDS
from tools.ci.diff import FileChange, Hunk, parse_diff
from tools.errors import InputError
from tools.evidence import Sample, Subject, onset_of
from tools.repository import Commit, Repository
from tools.sources.rows import ChangeRow
from tools.window import NS, TimeWindow, to_datetime

FILE_LINES = 60
HUNK_CHARACTERS = 2000
SHORTEST_ID = 7
"""Characters from which the beginning of a commit's id stands for it."""


class NoArguments(Arguments):
    """None."""


class Change(Arguments):
    """A change by its revision."""

    revision: str
    path: str = Field(default="", description="only this file")


class File(Arguments):
    """A place in the source."""

    path: str
    revision: str = "HEAD"
    line: int = Field(default=1, ge=1)


def changes(bench: Bench, arguments: NoArguments) -> Found:
    """Return what is recorded as changed from an hour before the incident to its end, and commits of that time."""
    incident = bench.scope.incident
    window = TimeWindow(start_ns=incident.start_ns - LOOK_BACK_SECONDS * NS, end_ns=incident.end_ns)
    lines = [_recorded_line(row, incident) for row in recorded(bench, window)]
    if bench.repository is not None:
        lines += [_commit_line(commit, incident) for commit in bench.repository.commits(window)]
    query = shlex.join(["whydown", "show", str(bench.folder), "changes"])
    return Found(title="changes near the incident", subject=Subject(kind="system"), lines=tuple(lines), query=query)


def recorded(bench: Bench, window: TimeWindow) -> list[ChangeRow]:
    """Return recorded changes of a window; none where nothing records them."""
    return bench.telemetry.changes.changes(window) if bench.telemetry.changes is not None else []


def _recorded_line(row: ChangeRow, incident: TimeWindow) -> Line:
    who = f" by {row.author}" if row.author else ""
    return Line(
        text=f"{row.kind} of {row.service or 'no named service'} {row.reference}{who} "
        f"{_when(row.time_ns, incident)}: {row.summary}"
    )


def _commit_line(commit: Commit, incident: TimeWindow) -> Line:
    return Line(text=f"commit {commit.id[:12]} by {commit.author} {_when(commit.time_ns, incident)}: {commit.subject}")


def _when(time_ns: int, incident: TimeWindow) -> str:
    seconds = (time_ns - incident.start_ns) / NS
    side = "before" if seconds < 0 else "after"
    return f"at {to_datetime(time_ns):%H:%M:%S} ({abs(seconds):.0f} s {side} the incident began)"


def diff(bench: Bench, arguments: Change) -> Found:
    """Return what a commit changed; its time is that of the record which says when it went live, if there is one."""
    repository = _repository(bench)
    commit = repository.commit(arguments.revision)
    files = [f for f in parse_diff(repository.diff(commit.id)) if arguments.path in ("", f.path)]
    if not files:
        raise InputError(f"{arguments.revision} changes nothing in {arguments.path or 'any text file'}", "")
    record = live_record(bench, commit)
    command = ["git", "-C", str(repository.folder), "show", commit.id]
    return Found(
        title=f"change {commit.id[:12]} by {commit.author} ({commit.subject[:100]}), "
        + (f"recorded as live at {to_datetime(record.time_ns):%H:%M:%S}" if record else "not recorded as live"),
        subject=Subject(kind="change", service=record.service if record else "", name=commit.id[:12]),
        lines=tuple(line for file in files for line in file_lines(file)),
        query=shlex.join(command + (["--", arguments.path] if arguments.path else [])),
        onset=onset_of(record.time_ns) if record else None,
    )


def live_record(bench: Bench, commit: Commit) -> ChangeRow | None:
    """Return the recorded change that refers to a commit, the last of several."""
    source = bench.telemetry.changes
    extent = source.extent() if source is not None else None
    rows = recorded(bench, extent) if extent is not None else []
    return next((row for row in reversed(rows) if _refers(row.reference, commit.id)), None)


def _refers(reference: str, commit: str) -> bool:
    name = reference.rpartition("@")[2].strip().casefold()
    return len(name) >= SHORTEST_ID and commit.startswith(name)


def file_lines(file: FileChange) -> list[Line]:
    """Return what was changed in a file, each line with the hunk that it may be quoted from."""
    lines = [Line(text=f"file {file.path}" + (" (deleted)" if file.deleted else ""))]
    for hunk in file.hunks:
        sample = Sample(kind="change", ref=file.path, text="\n".join(hunk.lines)[:HUNK_CHARACTERS])
        body = [Line(text=text, samples=(sample,)) for text in _changed(hunk)]
        lines += [Line(text=f"@@ line {hunk.start} {hunk.heading}".rstrip()), *body]
    return lines


def _changed(hunk: Hunk) -> list[str]:
    """Return the lines of a hunk without the context that is far from any change."""
    marks = [index for index, line in enumerate(hunk.lines) if line[:1] in "+-"]
    near = [line for index, line in enumerate(hunk.lines) if any(abs(index - mark) <= 1 for mark in marks)]
    return [line[:200] for line in near]


def read_file(bench: Bench, arguments: File) -> Found:
    """Return some lines of a file at a revision."""
    return excerpt_of(_repository(bench), arguments.revision, arguments.path, arguments.line)


def excerpt_of(repository: Repository, revision: str, path: str, line: int) -> Found:
    """Return lines of a file at a revision, from one on.

    Raises:
        InputError: there is no such revision, file or line.
    """
    excerpt = repository.read(revision, path, line, FILE_LINES)
    if not excerpt.lines:
        raise InputError(f"{path} has {excerpt.total} lines", "")
    numbered = enumerate(excerpt.lines, excerpt.first)
    return Found(
        title=f"{path} at {excerpt.commit[:12]}, {excerpt.total} lines in all",
        subject=Subject(kind="file", name=f"{excerpt.commit[:12]}:{excerpt.path}"),
        lines=tuple(
            Line(text=f"{n} {text[:200]}", samples=(Sample(kind="text", ref=excerpt.path, text=text[:400]),))
            for n, text in numbered
        ),
        query=shlex.join(["git", "-C", str(repository.folder), "show", f"{excerpt.commit}:{excerpt.path}"]),
    )


def _repository(bench: Bench) -> Repository:
    assert bench.repository is not None
    return bench.repository


TOOLS = (
    Tool(
        "changes",
        "Deploys, configuration changes and commits near the incident.",
        NoArguments,
        changes,
        lambda bench: bench.telemetry.changes is not None or bench.repository is not None,
    ),
    Tool("diff", "What a commit changed.", Change, diff, lambda bench: bench.repository is not None),
    Tool("read_file", "Source at a revision.", File, read_file, lambda bench: bench.repository is not None),
)
