"""Table of earlier investigations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from agent.runs import RunFolder
from agent.schema import Report
from agent.show.table import TIME, Column, Table, make, text, value
from tools.errors import RunError
from tools.window import to_ns


@dataclass(frozen=True, slots=True)
class Run:
    """One investigation; without a report it was interrupted or is still going on."""

    id: str
    folder: str
    verdict: str
    report: Report | None = None

    @property
    def began_ns(self) -> int | None:
        """Return when it began, read from the id; None for an id of another form."""
        try:
            return to_ns(dt.datetime.strptime(self.id[:15] + "+0000", "%Y%m%dT%H%M%S%z"))
        except ValueError:
            return None

    @property
    def leader(self) -> str:
        """Return the first hypothesis."""
        if self.report is None or not self.report.hypotheses:
            return ""
        first = self.report.hypotheses[0]
        return f"{first.component}: {first.fault_kind.value.replace('_', ' ')}"

    @property
    def confidence(self) -> float | None:
        """Return the confidence of the first hypothesis in percent."""
        return 100 * self.report.hypotheses[0].confidence if self.report and self.report.hypotheses else None

    @property
    def tokens(self) -> int | None:
        """Return the tokens that the language model read and wrote; None when there was no model."""
        usage = self.report.usage if self.report else None
        return usage.prompt_tokens + usage.completion_tokens if usage and usage.model else None

    @property
    def seconds(self) -> float | None:
        """Return how long its nodes took together; steps within a node (`survey.logs`) are in it."""
        if self.report is None:
            return None
        return sum(took for name, took in self.report.timings.items() if "." not in name)


_COLUMNS: list[Column[Run]] = [
    text("run", lambda r: r.id, whole=True),
    value("began_unix_nano", "began (UTC)", TIME, lambda r: r.began_ns, rank=1),
    text("folder", lambda r: r.folder),
    text("verdict", lambda r: r.verdict),
    text("first_hypothesis", lambda r: r.leader),
    value("confidence_percent", "confidence", "%", lambda r: r.confidence, rank=1),
    value("duration_seconds", "took", "s", lambda r: r.seconds),
    text("model", lambda r: r.report.usage.model if r.report else ""),
    value("tokens", "tokens", "", lambda r: r.tokens, rank=2),
    value("cost", "cost", "", lambda r: r.report.usage.cost if r.report and r.report.usage.model else None, rank=2),
]


def runs_table(folders: list[RunFolder], limit: int = 0) -> Table:
    """Return one row a run, newest first, at most `limit` (0: all)."""
    newest = folders[::-1][:limit] if limit else folders[::-1]
    table = make("runs", "investigations, newest first", _COLUMNS, [read_run(run) for run in newest])
    return replace(table, total=len(folders))


def read_run(folder: RunFolder) -> Run:
    """Read what is left of a run; a broken one is listed as such rather than hiding the others."""
    try:
        asked = str(folder.incident().folder)
    except RunError:
        return Run(folder.id, "", "unreadable")
    if not folder.has_report:
        return Run(folder.id, asked, "unfinished")
    try:
        report = folder.report()
    except RunError:
        return Run(folder.id, asked, "unreadable")
    return Run(folder.id, asked, report.verdict.value.replace("_", " "), report)
