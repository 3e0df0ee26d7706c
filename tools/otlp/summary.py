"""What was collected or imported, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.otlp.decode import Tally
from tools.otlp.files.importing import ImportReport

_NAMES = {"traces": ("span", "spans"), "logs": ("log line", "log lines"), "metrics": ("metric point", "metric points")}


def records(counts: Mapping[str, int]) -> str:
    """Return counts by signal as words, such as `3 spans, 1 log line, 0 metric points`."""
    return ", ".join(_count(counts.get(signal, 0), *names) for signal, names in _NAMES.items())


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def collected(tally: Tally) -> list[str]:
    """Return lines about what a collector received."""
    lines = [f"received {records(tally.kept)}"]
    if tally.unusable:
        lines.append(f"refused {records(tally.unusable)}; most often: {tally.main_reason}")
    return lines


def recovered(tally: Tally) -> list[str]:
    """Return lines about what an earlier collector had left unfinished; none when there was nothing."""
    return [f"recovered {records(tally.kept)} from an earlier run"] if tally.kept else []


def imported(report: ImportReport) -> list[str]:
    """Return lines about what an import did, problems last."""
    tally = report.tally
    lines = [
        *recovered(report.recovered),
        f"imported {records(report.added)} from {_count(report.files, 'file', 'files')}",
    ]
    known = tally.kept - report.added
    if known:
        lines.append(f"already there: {records(known)}")
    if tally.noise:
        lines.append(f"left out {_count(tally.noise, 'span', 'spans')} that only mark parts of an HTTP body")
    if tally.unusable:
        lines.append(f"unusable: {records(tally.unusable)}")
    if report.unreadable:
        lines.append(f"unreadable: {_count(report.unreadable, 'message', 'messages')}")
    return lines + [f"  {problem}" for problem in report.problems]


def imported_json(report: ImportReport) -> dict[str, Any]:
    """Return the same as data; the keys are a stable interface."""
    return {
        "files": report.files,
        "read": dict(report.tally.kept),
        "added": dict(report.added),
        "unusable": dict(report.tally.unusable),
        "unreadable": report.unreadable,
        "left_out": report.tally.noise,
        "problems": report.problems,
    }
