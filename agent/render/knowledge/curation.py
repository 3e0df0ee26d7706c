"""Import accounts, the review queue, counts, recurrences, problems."""

from __future__ import annotations

import datetime as dt

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from agent.learning.capture import Captured
from agent.render.clean import clean
from agent.render.words import fault_words, percent
from knowledge.curation import Pair, Recurrence, Review, Stats
from knowledge.importing import Understood
from knowledge.postmortem import Problem, Stored

_SHOWN = 20
"""Entries of a list shown before the rest is counted only."""


def import_view(
    written: list[Stored], found: list[Understood], skipped: list[Understood], problems: list[Problem]
) -> RenderableType:
    """Return what was written and, for each source, what was understood and what was not."""
    ids = {item.postmortem.provenance.source: item.postmortem.id for item in written}
    parts: list[RenderableType] = []
    for item in found[:_SHOWN]:
        name = ids.get(item.source, "skipped, imported before" if item in skipped else "not written")
        parts.append(Text.assemble((name, "ref"), f" {clean(item.source, 100)}"))
        parts += [Text(f"  {field}: {clean(', '.join(keys), 120)}") for field, keys in item.understood.items()]
        if item.left:
            parts.append(Text(f"  kept in the notes: {clean(', '.join(dict.fromkeys(item.left)), 160)}", style="quiet"))
        if item.missing:
            missing = ", ".join(item.missing).replace("_", " ")
            parts.append(Text(f"  not found: {missing}", style="unverified"))
    if len(found) > _SHOWN:
        parts.append(Text(f"… and {len(found) - _SHOWN} more", style="quiet"))
    parts.append(problems_view(problems))
    parts.append(Text(f"{len(written)} drafts written, {len(skipped)} were there already, {len(problems)} problems"))
    return Group(*parts)


def captured_view(captured: Captured) -> RenderableType:
    """Return what confirming a run has written and counted."""
    postmortem = captured.stored.postmortem
    lines = [
        Text.assemble((postmortem.id, "ref"), f" {clean(postmortem.title, 100)}, confirmed"),
        Text(f"  {captured.stored.path}", style="quiet"),
    ]
    if captured.recurs_from:
        lines.append(Text(f"  recurs from {', '.join(captured.recurs_from)}: the earlier fix did not hold"))
    if captured.useful:
        lines.append(Text(f"  recalled rightly: {', '.join(captured.useful)}"))
    if captured.useless:
        lines.append(Text(f"  recalled, but about something else: {', '.join(captured.useless)}"))
    return Group(*lines)


def problems_view(problems: list[Problem]) -> RenderableType:
    """Return problems, one a line."""
    return Group(*(Text(clean(str(problem), 300)) for problem in problems))


def review_view(queue: Review, width: int) -> RenderableType:
    """Return the queue: drafts, possible duplicates and recurrences side by side, stale postmortems."""
    parts: list[RenderableType] = [Text(f"{len(queue.drafts)} drafts to confirm", style="component")]
    parts += [_entry(item) for item in queue.drafts[:_SHOWN]] + _rest(len(queue.drafts))
    parts.append(Text(f"{len(queue.duplicates)} possible duplicates or recurrences", style="component"))
    for pair in queue.duplicates[:_SHOWN]:
        parts += [_side_by_side(pair, width), *_what_to_do(pair)]
    parts += _rest(len(queue.duplicates))
    parts.append(Text(f"{len(queue.stale)} old and never useful", style="component"))
    parts += [_entry(item) for item in queue.stale[:_SHOWN]] + _rest(len(queue.stale))
    return Group(*parts)


def _what_to_do(pair: Pair) -> list[RenderableType]:
    """Offer a link for an incident that came back, a merge for one that was reported twice."""
    merge = f"whydown kb merge {pair.first.id} {pair.second.id}"
    if not pair.recurs:
        return [Text(f"  {merge}", style="quiet")]
    earlier, later = sorted((pair.first, pair.second), key=lambda item: (item.date or dt.date.min, item.id))
    return [
        Text(f"  {pair.days_apart} days apart: {later.id} looks like {earlier.id} come back"),
        Text(f"  if so, write into {later.id}: recurs_from: [{earlier.id}]", style="quiet"),
        Text(f"  if it is one incident: {merge}", style="quiet"),
    ]


def _entry(item: Stored) -> Text:
    postmortem = item.postmortem
    day = str(postmortem.date or "no date")
    return Text.assemble("  ", (postmortem.id, "ref"), f" {day} {clean(postmortem.title, 100)}")


def _rest(total: int) -> list[RenderableType]:
    return [Text(f"  … and {total - _SHOWN} more", style="quiet")] if total > _SHOWN else []


def _side_by_side(pair: Pair, width: int) -> RenderableType:
    half = max(30, width // 2 - 1)
    panels = [
        Panel(
            Text(f"{clean(pm.title, 120)}\n{pm.date or 'no date'}\n{clean(pm.symptoms, 240)}"),
            title=f"{pm.id} ({pm.status.value})",
            width=half,
        )
        for pm in (pair.first, pair.second)
    ]
    return Group(Text(f"  {percent(pair.overlap)} of their rare words in common"), Columns(panels, padding=(0, 0)))


def stats_view(stats: Stats, patterns: list[Recurrence]) -> RenderableType:
    """Return coverage, usefulness and recurrences."""
    total = sum(stats.by_status.values())
    statuses = ", ".join(f"{number} {status.value}" for status, number in stats.by_status.items())
    covered = {kind: number for kind, number in stats.by_kind.items() if number}
    gaps = [fault_words(kind) for kind, number in stats.by_kind.items() if not number]
    helped = "nobody has judged one yet" if stats.helped is None else f"{percent(stats.helped)} of them rightly"
    lines = [
        Text(f"{total} postmortems: {statuses}; {stats.broken} files with errors", style="component"),
        Text("by service    " + (_counts(stats.by_service) or "none names a service")),
        Text("by fault kind " + _counts({fault_words(kind): number for kind, number in covered.items()})),
        Text("no example of " + ", ".join(gaps), style="quiet"),
        Text(f"recalled in {stats.recalled} confirmed runs, {helped}"),
        Text("most useful   " + (_counts(stats.useful) or "–")),
        Text(f"{len(patterns)} patterns came back; see `whydown recurrences`"),
    ]
    return Group(*lines)


def _counts(numbers: dict[str, int]) -> str:
    shown = [f"{clean(name, 60)} {number}" for name, number in list(numbers.items())[:_SHOWN]]
    return ", ".join(shown) + (f", … {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else "")


def recurrences_view(patterns: list[Recurrence]) -> RenderableType:
    """Return patterns that came back, most frequent first."""
    if not patterns:
        return Text("no service has had the same fault kind twice")
    parts: list[RenderableType] = []
    for item in patterns:
        what = f"{clean(item.service, 60)}: {fault_words(item.fault_kind)}, {len(item.ids)} times"
        held = (
            f"quiet for {item.quiet_days} days, longer than ever between two"
            if item.holds
            else f"quiet for {item.quiet_days} days; it has come back after {item.shortest_days}"
        )
        parts.append(Text(what, style="component"))
        parts.append(Text(f"  {item.first} to {item.last}, {held}"))
        parts.append(Text.assemble("  ", (", ".join(item.ids), "ref")))
        if item.fix:
            parts.append(Text.assemble("  ", ("last fix ", "label"), clean(item.fix, 200)))
    return Group(*parts)
