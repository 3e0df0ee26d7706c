"""The critical path of one trace: the spans that, had they been shorter, would have ended the request sooner.

Walked from the end of a span backwards: the child that ends last before the moment reached is on the path,
and the time between is the span's own (Zhang et al., CRISP, ATC 2022). Children are clipped into their
parent, so clock skew and asynchronous children cannot make the parts add up to more than the whole.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tools.sources.rows import SpanRow


@dataclass(frozen=True, slots=True)
class Stretch:
    """One span on the critical path with the time that it alone keeps the request waiting, ns."""

    span: SpanRow
    own_ns: int


def critical_path(spans: list[SpanRow]) -> list[Stretch]:
    """Return the spans on the critical path of the longest root, by the time they add, longest first.

    Their times sum to the root's duration. Empty for no spans.
    """
    unique = {span.span_id: span for span in sorted(spans, key=lambda span: span.start_ns)}
    children: dict[str, list[SpanRow]] = defaultdict(list)
    for span in unique.values():
        if span.parent_span_id != span.span_id:
            children[span.parent_span_id].append(span)
    roots = [span for span in unique.values() if span.parent_span_id not in unique] or list(unique.values())
    if not roots:
        return []
    own: dict[str, int] = defaultdict(int)
    root = max(roots, key=lambda span: (span.duration_ns, span.span_id))
    waiting = [(root, root.start_ns, root.start_ns + root.duration_ns)]
    seen = set()
    while waiting:
        span, begin, end = waiting.pop()
        seen.add(span.span_id)
        below = [child for child in children[span.span_id] if child.span_id not in seen]
        steps, alone = _backwards(below, begin, end)
        own[span.span_id] += alone
        waiting += steps
    found = [Stretch(unique[name], time) for name, time in own.items() if time > 0]
    return sorted(found, key=lambda stretch: (-stretch.own_ns, stretch.span.start_ns))


def _backwards(children: list[SpanRow], begin: int, end: int) -> tuple[list[tuple[SpanRow, int, int]], int]:
    """Return children on the path with the interval each holds, and the time that none of them holds."""
    steps = []
    alone, reached = 0, end
    clipped = [(min(c.start_ns + c.duration_ns, end), max(c.start_ns, begin), c) for c in children]
    for stop, start, child in sorted(clipped, key=lambda item: (-item[0], item[1])):
        if stop <= start or stop > reached:  # one that still ran when a later one began held nobody up
            continue
        alone += reached - stop
        steps.append((child, start, stop))
        reached = start
    return steps, alone + reached - begin
