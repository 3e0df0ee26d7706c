"""Words and numbers that every rendering shares."""

from __future__ import annotations

import datetime as dt
import math
import shlex

from agent.render.clean import clean
from agent.schema import HALVES, Hypothesis, Report, Verdict, Windows
from tools.evidence import Evidence
from tools.faults import FaultKind
from tools.names import named
from tools.window import to_datetime

_TIME_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")
LIKELIER = 0.5
"""From here on a cause is likelier than all else together."""
EFFECT_NOTE = "change in units of the baseline's own variation"


def headline(report: Report) -> tuple[str, str]:
    """Return the verdict in capitals and what follows it in the first line."""
    leader = next((item for item in report.hypotheses if not item.rejected), None)
    word = report.verdict.value.replace("_", " ").upper()
    if report.verdict is Verdict.HEALTHY:
        return word, clean(report.summary) or "nothing deviates"
    unknown = report.verdict is Verdict.INCONCLUSIVE and report.windows.chosen_by == HALVES
    if leader is None or unknown:
        return word, clean(report.summary) or "no cause stands out"
    named = f"{clean(leader.component, 80)} ({fault_words(leader.fault_kind)})"
    if report.verdict is Verdict.ROOT_CAUSE:
        if leader.confidence < LIKELIER:
            return word, f"most likely {named}, {percent(leader.confidence)}; that something is at fault is sure"
        return word, f"{named}, {percent(leader.confidence)} confident"
    return word, f"{named} leads with {percent(leader.confidence)}, not enough to call it the cause"


def fault_words(kind: FaultKind) -> str:
    """Return a fault kind in words: `slow code`."""
    return kind.value.replace("_", " ")


def kind_words(kind: FaultKind) -> str:
    """Return a fault kind with its family, unless the name says it already: `restart, resource`."""
    words = fault_words(kind)
    return words if kind.family is None or kind.family.value in words else f"{words}, {kind.family.value}"


def subject_of(hypothesis: Hypothesis) -> str:
    """Return component and operation of a hypothesis."""
    return " ".join(named(clean(part, 120)) for part in (hypothesis.component, hypothesis.operation) if part)


def percent(share: float) -> str:
    """Return a share of one as a whole percentage; never 100 % or 0 % for what is not quite so."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return ">99 %"
    return "<1 %" if whole == 0 and share > 0 else f"{whole} %"


def number(value: float | None) -> str:
    """Return a number with three significant digits and no exponent where one can be avoided."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e15 or size < 1e-4:
        return f"{value:.2e}"
    if size >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def amount(value: float | None, unit: str) -> str:
    """Return a value with its unit: durations and bytes in a handy multiple, others as they are."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit in _TIME_UNITS:
        return duration(value * _TIME_UNITS[unit])
    if unit in {"By", "B", "bytes"}:
        return _bytes(value)
    shown = "" if unit == "1" else clean(unit, 20).strip("{}")
    return f"{number(value)} {shown}".rstrip()


def duration(seconds: float) -> str:
    """Return a duration in the unit that reads best, from microseconds to hours."""
    size = abs(seconds)
    if size >= 7200:
        return f"{number(seconds / 3600)} h"
    if size >= 120:
        return f"{number(seconds / 60)} min"
    if size >= 1 or size == 0:
        return f"{number(seconds)} s"
    if size >= 1e-3:
        return f"{number(seconds * 1e3)} ms"
    return f"{number(seconds * 1e6)} µs"


def _bytes(value: float) -> str:
    power = min(int(math.log(abs(value), 1000)), len(_BYTE_UNITS) - 1) if abs(value) >= 1 else 0
    return f"{number(value / 1000**power)} {_BYTE_UNITS[power]}"


def effect_words(effect: float) -> str:
    """Return a signed effect: `+41`, `-3.2`; empty when the finding has none."""
    if not effect:
        return ""
    sign = "+" if effect >= 0 else "-"
    return f"{sign}{number(abs(effect))}"


def clock(moment: dt.datetime | None) -> str:
    """Return the UTC time of day of a moment, empty for None."""
    return f"{moment.astimezone(dt.UTC):%H:%M:%S}" if moment else ""


def moment(ns: int, *, date: bool = True) -> str:
    """Return Unix nanoseconds as UTC time to the millisecond, with or without the date."""
    return format(to_datetime(ns), "%F %H:%M:%S.%f" if date else "%H:%M:%S.%f")[:-3]


def window_words(window: tuple[dt.datetime, dt.datetime]) -> str:
    """Return a window in UTC with its length: `2026-11-24 10:00:00..10:05:00 (5 min)`."""
    start, end = (moment.astimezone(dt.UTC) for moment in window)
    until = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%F %H:%M:%S}"
    return f"{start:%F %H:%M:%S}..{until} ({duration((end - start).total_seconds())})"


def windows_words(windows: Windows) -> str:
    """Return both windows and who chose them."""
    baseline = ", ".join(window_words(window) for window in windows.baseline[:3])
    more = f" and {len(windows.baseline) - 3} more" if len(windows.baseline) > 3 else ""
    known = {"user": "as asked", "data": "found from the data", HALVES: "the halves of the data, as nobody said when"}
    chosen = known.get(windows.chosen_by, f"from {windows.chosen_by}")
    return f"{window_words(windows.incident)} against {baseline}{more} UTC, {chosen}"


def evidence_note(item: Evidence) -> str:
    """Return what a statement leaves out: effect size and onset, as far as there are any."""
    parts = [f"effect {effect_words(item.effect)}"] if item.effect else []
    return ", ".join(parts + ([f"from {clock(item.onset)}"] if item.onset else []))


def command_lines(command: str, width: int) -> list[str]:
    """Return a shell command on lines of about `width` columns that can still be pasted as one command."""
    try:
        words = [shlex.quote(word) for word in shlex.split(clean(command, 4000))]
    except ValueError:  # an unclosed quote: not a command of ours
        return [clean(command, 4000)]
    groups: list[str] = []
    for word in words:
        value = bool(groups) and groups[-1].startswith("--") and not word.startswith("--")
        groups[-1:] = [f"{groups[-1]} {word}"] if value else [*groups[-1:], word]
    lines = [""]
    for group in groups:
        fits = len(lines[-1]) + len(group) + 3 <= width or not lines[-1]
        lines = [*lines[:-1], f"{lines[-1]} {group}".lstrip()] if fits else [*lines, group]
    return [line + " \\" for line in lines[:-1]] + lines[-1:]


def timing_words(timings: dict[str, float]) -> str:
    """Return the total and the three slowest nodes; steps within a node (`survey.logs`) are left out."""
    nodes = {name: seconds for name, seconds in timings.items() if "." not in name}
    slowest = sorted(nodes.items(), key=lambda item: -item[1])[:3]
    parts = ", ".join(f"{clean(name, 40)} {duration(seconds)}" for name, seconds in slowest if seconds > 0)
    return f"{duration(sum(nodes.values()))}" + (f" ({parts})" if parts else "")


def usage_words(report: Report) -> str:
    """Return what the language model cost."""
    usage = report.usage
    if not usage.model:
        return "no language model"
    tokens = f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"
    return f"{clean(usage.model, 60)}, {usage.calls} calls, {tokens}, cost {usage.cost:.4f}"


def similar_lines(report: Report) -> list[str]:
    """Return past incidents like this one with what resolved them: priors, never evidence."""
    return [
        f"{clean(item.label(), 120)}: {clean(item.title, 120)}"
        + (f"; it was resolved by: {clean(item.resolution, 300)}" if item.resolution else "")
        for item in report.similar
    ]


def source_lines(report: Report) -> list[str]:
    """Return which signals answered, then one line for everything that was left out or failed."""
    have = [clean(s.signal, 40) for s in report.sources if s.available]
    gone = [clean(s.signal, 40) for s in report.sources if not s.available]
    first = "read: " + (", ".join(have) or "nothing") + (f" · missing: {', '.join(gone)}" if gone else "")
    notes = [f"{clean(s.signal, 40)}: {clean(n)}" for s in report.sources for n in s.notes if n != "missing"]
    return [first, *notes, *fetched_lines(report)]


def fetched_lines(report: Report) -> list[str]:
    """Return what was read from each live backend: that it grows with services and not with traffic shows here."""
    return [
        f"{clean(s.signal, 40)} from {clean(s.name, 80)}: {cost.answers} of {cost.requests} queries answered, "
        f"{bytes_words(cost.bytes)}, {cost.rows:,} rows"
        for s in report.sources
        if (cost := s.fetched) is not None and cost.requests
    ]


def bytes_words(count: int) -> str:
    """Return a number of bytes as people say it, in powers of 1000."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} bytes"
