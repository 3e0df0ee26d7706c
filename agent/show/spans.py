"""One trace as a tree with self-times, whatever its spans claim about each other."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tools.sources.rows import SpanRow

MISSING, CYCLE = "parent missing", "parents form a circle"


@dataclass(frozen=True, slots=True)
class Node:
    """A span at its place in the tree.

    `offset_ns` is its start after the trace's first span. `own_ns` is self-time: duration not covered
    by children, whose intervals are clipped into the parent as in sql/spans.sql. `critical_ns` is the time
    for which it alone keeps the request waiting, see `tools.paths.critical`.
    """

    span: SpanRow
    depth: int
    offset_ns: int
    own_ns: int
    note: str = ""
    critical_ns: int = 0


def span_tree(spans: list[SpanRow]) -> tuple[list[Node], list[str]]:
    """Return the nodes of a trace, parents before children and children by start time, and what was odd.

    Spans sent twice count once. A span whose parent is not there becomes a root; of a circle of
    parents, the earliest span does.
    """
    unique = {span.span_id: span for span in sorted(spans, key=lambda span: span.start_ns)}
    ordered = sorted(unique.values(), key=lambda span: (span.start_ns, -span.duration_ns))
    children: dict[str, list[SpanRow]] = defaultdict(list)
    for span in ordered:
        if span.parent_span_id != span.span_id:
            children[span.parent_span_id].append(span)
    begin = min(span.start_ns for span in ordered)
    placed: dict[str, Node] = {}
    for span, note in _roots(ordered, unique):
        _descend(span, note, children, begin, placed)
    for span in ordered:
        if span.span_id not in placed:
            _descend(span, CYCLE, children, begin, placed)
    return list(placed.values()), _oddities(spans, list(placed.values()))


def _roots(ordered: list[SpanRow], known: dict[str, SpanRow]) -> list[tuple[SpanRow, str]]:
    roots = []
    for span in ordered:
        if not span.parent_span_id or span.parent_span_id == span.span_id:
            roots.append((span, ""))
        elif span.parent_span_id not in known:
            roots.append((span, MISSING))
    return roots


def _descend(root: SpanRow, note: str, children: dict[str, list[SpanRow]], begin: int, placed: dict[str, Node]) -> None:
    """Place a span and all below it, depth first; without recursion, as a trace may be thousands deep."""
    waiting = [(root, 0, note)]
    while waiting:
        span, depth, remark = waiting.pop()
        if span.span_id in placed:
            continue
        below = children.get(span.span_id, [])
        placed[span.span_id] = Node(span, depth, span.start_ns - begin, self_time(span, below), remark)
        waiting += [(child, depth + 1, "") for child in reversed(below)]


def self_time(span: SpanRow, children: list[SpanRow]) -> int:
    """Return the part of a span's duration that no child covers, ns."""
    covered, reached = 0, span.start_ns
    for start, end in sorted(_clipped(span, child) for child in children):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return max(0, span.duration_ns - covered)


def _clipped(parent: SpanRow, child: SpanRow) -> tuple[int, int]:
    """Return a child's interval inside its parent; one that another clock moved out is centred (RFC 5905)."""
    end = parent.start_ns + parent.duration_ns
    late = parent.kind.lower() == "client" and child.start_ns + child.duration_ns > end
    if child.duration_ns <= parent.duration_ns and (child.start_ns < parent.start_ns or late):
        start = parent.start_ns + (parent.duration_ns - child.duration_ns) // 2
    else:
        start = max(child.start_ns, parent.start_ns)
    return start, min(start + child.duration_ns, end)


def _oddities(spans: list[SpanRow], nodes: list[Node]) -> list[str]:
    notes = []
    copies = len(spans) - len(nodes)
    missing = sum(node.note == MISSING for node in nodes)
    circles = sum(node.note == CYCLE for node in nodes)
    if copies:
        notes.append(f"{copies} spans were sent more than once and count once")
    if missing:
        notes.append(f"{missing} spans name a parent that is not in the trace and are shown as roots")
    if circles:
        notes.append(f"{circles} circles of parents are cut at their earliest span")
    return notes
