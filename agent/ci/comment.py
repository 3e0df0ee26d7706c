"""The comment on the pull request: verdict first, then the decisive lines, then what stands behind them.

Everything that comes from logs, tests, changes or a report file is hostile text: it is put into code spans,
fences or escaped, so that it can neither mention anyone, nor link, nor open HTML. The only links are to the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from agent.render.clean import clean
from agent.render.markdown.escape import code, escape
from agent.render.words import duration, effect_words, percent, usage_words
from agent.schema import FailureClass, Hypothesis, Report
from tools.evidence import Evidence, EvidenceKind, Sample
from tools.names import quoted
from tools.redact import redact_model

LIMIT = 65_536
"""Characters that GitHub accepts in a comment."""
LINES = 30
LINE_LIMIT = 240
_SHORTER = ((LINES, 30), (20, 15), (10, 5))
"""Decisive lines and pieces of evidence shown; the next pair is tried when the comment is too long."""
REFUSED = frozenset({"artifact", "telemetry", "knowledge", "model", "repository"})
"""Sources that were there and could not be read, which a reader should know."""
PROSE = 300
"""Characters of a sentence that nothing has verified."""
CITED = 4
"""Ids of evidence in a row of the table of hypotheses."""
_WORDS = {
    FailureClass.REGRESSION: "Regression",
    FailureClass.FLAKY: "Flaky",
    FailureClass.INFRASTRUCTURE: "Infrastructure, not this change",
    FailureClass.DEPENDENCY: "Dependency",
    FailureClass.TEST_OR_CONFIGURATION: "Test or configuration",
    FailureClass.NOT_ENOUGH_EVIDENCE: "Not enough evidence",
}


class StepStart(NamedTuple):
    """At which line of a job's log a step begins."""

    step: int
    line: int


class JobLink(BaseModel):
    """Where a job is: its number, where its steps begin in its log, and lines of the log that GitHub does not show."""

    model_config = ConfigDict(frozen=True)

    name: str
    id: int
    steps: tuple[StepStart, ...] = ()
    hidden: tuple[int, ...] = ()

    def anchor(self, line: int) -> str:
        """Return the part of the address that leads to a line of the log; empty when its step is not known."""
        begun = [start for start in self.steps if start.line <= line]
        if not begun:
            return ""
        first = begun[-1].line
        passed = sum(first < number < line for number in self.hidden)
        return f"#step:{begun[-1].step}:{line - first + 1 - passed}"


class RunLink(BaseModel):
    """Where the run is: numbers and names that GitHub gave, never text of an artifact.

    Raises:
        ValidationError: a part has a form that GitHub does not give.
    """

    model_config = ConfigDict(frozen=True)

    repo: str = ""
    run_id: int = 0
    attempt: int = 1
    sha: str = ""
    workflow: str = "ci"
    server: str = "https://github.com"
    jobs: tuple[JobLink, ...] = ()

    @property
    def url(self) -> str:
        """Return the run's page; empty when it is not known."""
        known = re.fullmatch(r"\w[\w.-]*/[\w.-]*\w[\w.-]*", self.repo) and self.run_id > 0
        return f"{self.server}/{self.repo}/actions/runs/{self.run_id}/attempts/{self.attempt}" if known else ""

    def line_url(self, job: str, line: int) -> str:
        """Return the page of a job's log, at a line where that is known; the run's page for a job of another name."""
        found = next((one for one in self.jobs if one.name == job), None)
        if found is None or not self.url:
            return self.url
        return f"{self.server}/{self.repo}/actions/runs/{self.run_id}/job/{found.id}{found.anchor(line)}"


def to_comment(report: Report, run: RunLink, head: str = "") -> str:
    """Return the comment as Markdown, within GitHub's limit and without secrets.

    Args:
        report: what was found.
        run: the run that failed.
        head: hidden markers that go before everything else, see `agent.ci.sticky`.
    """
    report = redact_model(report)
    text = ""
    for lines, evidence in _SHORTER:
        text = head + "\n\n".join(_parts(report, run, lines, evidence)) + "\n"
        if len(text) <= LIMIT:
            return text
    return head + "\n\n".join(_top(report, run)) + "\n"


def _parts(report: Report, run: RunLink, lines: int, evidence: int) -> list[str]:
    parts = _top(report, run)
    parts += [_decisive(item, run, lines) for item in _of_kind(report, EvidenceKind.CI_LINES)[:3]]
    leader = report.hypotheses[0] if report.hypotheses else None
    if leader:
        parts += _suspect(leader, report)
    parts += _seen_before(report)
    parts.append(_details(report, evidence))
    return [*parts, _footer(report, run)]


def _top(report: Report, run: RunLink) -> list[str]:
    found = report.classification
    verdict = _WORDS[found.kind] if found else "Failed"
    sure = (
        f" ({escape(percent(found.confidence))})"
        if found and found.kind is not FailureClass.NOT_ENOUGH_EVIDENCE
        else ""
    )
    where = f"[run {run.run_id}]({run.url})" if run.url else "the run"
    first = f"### {verdict}{sure}: why {where} failed"
    leader = report.hypotheses[0] if report.hypotheses else None
    title = f"**Leading hypothesis** ({escape(percent(leader.confidence))}): " if leader else ""
    return [first, *([title + escape(report.summary, 600)] if report.summary else []), *_why(report)]


def _why(report: Report) -> list[str]:
    found = report.classification
    if not found or not found.reasons:
        return []
    return ["Because " + "; ".join(escape(reason, 200) for reason in found.reasons[:3]) + "."]


def _decisive(item: Evidence, run: RunLink, most: int) -> str:
    sample = next((sample for sample in item.samples if sample.kind == "log"), Sample(kind="log"))
    place = sample.ref.rpartition(":")[2]
    title = f"**Decisive lines** of job {code(item.subject.name, 80)}, {escape('lines ' + place, 40)}"
    url = run.line_url(item.subject.name, _first_line(place))
    linked = f"{title} ([log]({url}))" if url else title
    return f"{linked}\n\n{fenced(sample.text.splitlines(), most)}"


def _first_line(place: str) -> int:
    first = place.partition("-")[0]
    return int(first) if first.isdecimal() and len(first) < 10 else 1


def fenced(lines: list[str], most: int) -> str:
    """Return foreign lines as a fenced block that nothing in them can end; the middle of many is left out."""
    first = most // 3  # what a tool says last tells more than what it says first
    shown = lines if len(lines) <= most else [*lines[:first], "…", *lines[-(most - first) :]]
    body = [_log_line(line) for line in shown]
    fence = "`" * max(3, max((len(run) for line in body for run in re.findall(r"`+", line)), default=0) + 1)
    return "\n".join([f"{fence}text", *body, fence])


def _log_line(line: str) -> str:
    """Return a log line with its spacing, without anything that a terminal or browser would act on."""
    pieces = re.split(r"([ \t]+)", line[: 4 * LINE_LIMIT])
    text = "".join(piece.expandtabs(4) if piece.isspace() else clean(piece, LINE_LIMIT) for piece in pieces)
    return text if len(text) <= LINE_LIMIT else text[: LINE_LIMIT - 1] + "…"


def _suspect(leader: Hypothesis, report: Report) -> list[str]:
    changes = _of_kind(report, EvidenceKind.CI_CHANGE)
    parts = []
    if changes:
        owner = "" if leader.owner == "unknown" else f", owner {code(leader.owner, 120)}"
        place = changes[0].subject.name
        said = changes[0].statement.removeprefix(f"{place} was changed: ")
        parts.append(f"**Suspect:** {code(place, 200)}{owner}: {escape(said, 300)}")
    steps = [*leader.remediation[:1], leader.next_check]
    told = "; ".join(escape(step.rstrip(". "), 300) for step in steps if step)
    return [*parts, f"**Next:** {told}."] if told else parts


def _seen_before(report: Report) -> list[str]:
    """Return the past incident that is most like this one, and what fixed it then."""
    if not report.similar:
        return []
    one = report.similar[0]
    fixed = f" Fixed then by: {escape(one.resolution, 300)}" if one.resolution else ""
    return [f"**Seen before?** This is {escape(one.label(), 120)}: {escape(one.title, 160)}.{fixed}"]


def _details(report: Report, most: int) -> str:
    rows = ["| | hypothesis | confidence | evidence |", "|---|---|---:|---|"]
    for one in report.hypotheses:
        cells = [str(one.rank), f"{code(one.component, 100)}: {escape(one.cause, 200)}"]
        rows.append("| " + " | ".join([*cells, escape(percent(one.confidence)), _refs(one)]) + " |")
    shown = _cited_first(report)[:most]
    listed = [f"- **{item.id}** {escape(item.statement, 300)}{_effect(item)}" for item in shown]
    left = len(report.evidence) - most
    listed += [f"- and {left} more"] if left > 0 else []
    missing = [
        f"- missing: {escape(text, 200)}" for text in (report.hypotheses[0].missing if report.hypotheses else ())
    ]
    missing += [
        f"- {escape(source.signal, 40)} not read: {escape(note, 300)}"
        for source in report.sources
        if not source.available and source.signal in REFUSED
        for note in source.notes
    ]
    table = ["\n".join(rows)] if report.hypotheses else []
    body = "\n\n".join([*table, "\n".join([*listed, *missing]), *_model_part(report)])
    return f"<details><summary>Hypotheses and evidence</summary>\n\n{body}\n\n</details>"


def _refs(one: Hypothesis) -> str:
    more = len(one.supports) - CITED
    return ", ".join(one.supports[:CITED]) + (f" and {more} more" if more > 0 else "")


def _cited_first(report: Report) -> list[Evidence]:
    """Return the evidence with that of the best hypotheses first: it must be there when the rest is left out."""
    cited = dict.fromkeys(ref for one in report.hypotheses for ref in one.supports)
    found = [item for ref in cited if (item := report.find(ref))]
    return [*found, *(item for item in report.evidence if item.id not in cited)]


def _model_part(report: Report) -> list[str]:
    """Return what a language model found and the evidence bears out, and apart from it what nothing has verified."""
    argument = report.argument
    if argument is None:
        return []
    told = [f"- {escape(one.sentence, 300)} ({', '.join(one.evidence)})" for one in argument.kept[:10]]
    parts = ["Found by the language model, and borne out by the evidence:", "\n".join(told)] if told else []
    own = [f"- {escape(quoted(sentence, PROSE), PROSE + 100)}" for sentence in argument.prose]
    parts += ["Unverified, the language model's own words:", "\n".join(own)] if own else []
    struck = len(argument.struck)
    notes = [f"{struck} of its statements did not hold and are left out"] if struck else []
    notes += [f"it ended early: {escape(argument.ended, 200)}"] if argument.ended else []
    return [*parts, f"<sub>Language model: {'; '.join(notes)}.</sub>"] if notes else parts


def _effect(item: Evidence) -> str:
    return f" (effect {effect_words(item.effect)})" if item.effect else ""


def _footer(report: Report, run: RunLink) -> str:
    commit = f"commit {code(run.sha[:12], 12)}" if re.fullmatch(r"[0-9a-f]{7,64}", run.sha) else ""
    took = f"took {duration(sum(report.timings.values()))}" if report.timings else ""
    parts: Iterable[str] = (commit, took, escape(usage_words(report), 120))
    return f"<sub>{' · '.join(part for part in parts if part)}</sub>"


def _of_kind(report: Report, kind: EvidenceKind) -> list[Evidence]:
    return [item for item in report.evidence if item.kind is kind]
