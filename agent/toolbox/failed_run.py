"""The tools of a failed CI run: lines of its logs, the text of a failing test, the change under test, its source."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from agent.toolbox.bench import existing
from agent.toolbox.code import excerpt_of, file_lines
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.ci.archive import JobLog
from tools.ci.clean import clean_log
from tools.ci.diff import FileChange
from tools.ci.junit import TestResult
from tools.errors import InputError
from tools.evidence import Sample, Subject
from tools.repository import Repository

RANGE, MOST_HITS = 30, 100
"""Lines returned from one place of a log, and lines that hold a text."""
LINE_CHARACTERS = 300
TEST_LINES = 60


@dataclass(frozen=True, slots=True)
class RunBench:
    """Everything about a failed run that a query may read.

    `revision` is what `repository` is read at; `spill` is where large results are kept.
    """

    jobs: Sequence[JobLog] = ()
    tests: Sequence[TestResult] = ()
    diff: Sequence[FileChange] = ()
    repository: Repository | None = None
    revision: str = "HEAD"
    spill: Path | None = None
    _lines: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict)

    def log(self, job: str) -> tuple[JobLog, tuple[str, ...]]:
        """Return a job and the lines of its log; without a name, those of the only job.

        Raises:
            InputError: there is no such job, or several and no name.
        """
        names = [one.name for one in self.jobs]
        name = names[0] if not job and len(names) == 1 else existing("job", job, names)
        found = next(one for one in self.jobs if one.name == name)
        if name not in self._lines:
            self._lines[name] = clean_log(found.text).lines
        return found, self._lines[name]


class Range(Arguments):
    """A place in a log."""

    line: int = Field(ge=1)
    job: str = Field(default="", description="needed where there are several")


class Search(Arguments):
    """Lines that hold a text."""

    text: str = Field(min_length=2)
    job: str = Field(default="", description="needed where there are several")


class OneTest(Arguments):
    """A failing test."""

    test: str


class OnePath(Arguments):
    """A changed file."""

    path: str


class Place(OnePath):
    """A place in the source."""

    line: int = Field(default=1, ge=1)


def log_range(bench: RunBench, arguments: Range) -> Found:
    """Return lines of a job's log, from one on."""
    job, lines = bench.log(arguments.job)
    first, last = arguments.line, min(arguments.line + RANGE - 1, len(lines))
    if first > len(lines):
        raise InputError(f"the log of {job.name} has {len(lines)} lines", "")
    return Found(
        title=f"lines {first}-{last} of {len(lines)} of job {job.name}",
        subject=Subject(kind="job", name=job.name),
        lines=tuple(_log_line(job, number, lines[number - 1]) for number in range(first, last + 1)),
        query=shlex.join(["sed", "-n", f"{first},{last}p", _file_of(job)]),
    )


def log_search(bench: RunBench, arguments: Search) -> Found:
    """Return the lines of a job's log that hold a text, whatever its case."""
    job, lines = bench.log(arguments.job)
    wanted = arguments.text.casefold()
    hits = [(number, line) for number, line in enumerate(lines, 1) if wanted in line.casefold()]
    return Found(
        title=f"{len(hits)} lines of job {job.name} that contain {arguments.text!r}",
        subject=Subject(kind="job", name=job.name),
        lines=tuple(_log_line(job, number, line) for number, line in hits[:MOST_HITS]),
        query=shlex.join(["grep", "-n", "-i", "-F", arguments.text, _file_of(job)]),
    )


def _log_line(job: JobLog, number: int, line: str) -> Line:
    text = line[:LINE_CHARACTERS]
    samples = (Sample(kind="log", ref=f"{job.name}:{number}-{number}", text=text),) if text.strip() else ()
    return Line(text=f"{number} {text}", samples=samples)


def _file_of(job: JobLog) -> str:
    return job.source or f"{job.name}.log"


def failing_test(bench: RunBench, arguments: OneTest) -> Found:
    """Return what a failing test printed."""
    known = {case.id: case for case in bench.tests if case.broken}
    case = known[existing("failing test", arguments.test, list(known))]
    texts = [line[:LINE_CHARACTERS] for line in f"{case.message}\n{case.text}".splitlines() if line.strip()]
    return Found(
        title=f"failure of test {case.id}" + (f" in {case.file}" if case.file else ""),
        subject=Subject(kind="test", name=case.id, operation=case.file),
        lines=tuple(
            Line(text=text, samples=(Sample(kind="text", ref=case.id, text=text),)) for text in texts[:TEST_LINES]
        ),
        query=shlex.join(["grep", "-n", case.name, "junit.xml"]),
    )


def file_diff(bench: RunBench, arguments: OnePath) -> Found:
    """Return what the change under test does to a file."""
    path = existing("changed file", arguments.path, [one.path for one in bench.diff])
    change = next(one for one in bench.diff if one.path == path)
    return Found(
        title=f"change of {path}",
        subject=Subject(kind="change", name=path),
        lines=tuple(file_lines(change)),
        query=shlex.join(["git", "diff", "HEAD~1", "--", path]),
    )


def read_file(bench: RunBench, arguments: Place) -> Found:
    """Return some lines of a file at the run's revision."""
    assert bench.repository is not None
    return excerpt_of(bench.repository, bench.revision, arguments.path, arguments.line)


def _has_logs(bench: RunBench) -> bool:
    return bool(bench.jobs)


TOOLS: tuple[Tool[RunBench], ...] = (
    Tool("log_search", "Lines of a job's log that contain a text.", Search, log_search, _has_logs),
    Tool("log_range", "Lines of a job's log from a line on.", Range, log_range, _has_logs),
    Tool(
        "failing_test",
        "All that a failing test printed.",
        OneTest,
        failing_test,
        lambda bench: any(case.broken for case in bench.tests),
    ),
    Tool("file_diff", "What the change does to a file.", OnePath, file_diff, lambda bench: bool(bench.diff)),
    Tool(
        "read_file",
        "Source of a file at the run's revision.",
        Place,
        read_file,
        lambda bench: bench.repository is not None,
    ),
)
