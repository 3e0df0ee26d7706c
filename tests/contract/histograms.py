"""Native histograms and exemplars in Prometheus' remote-write format, version 1.0.

See https://github.com/prometheus/prometheus/blob/release-2.42/prompb/types.proto.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from evals.bench.live.remote_write import Labels, double, field, integer, named, varint

SCHEMA = 3
"""Buckets grow by the factor 2^(1/8)."""


def native(labels: Labels, points: Iterable[tuple[int, Sequence[float]]]) -> bytes:
    """Return a series of cumulative native histograms.

    Args:
        labels: of the series.
        points: Unix milliseconds and everything that was observed until then, each above 0.
    """
    return named(labels) + b"".join(field(4, _histogram(at, observed)) for at, observed in points)


def classic(labels: Labels, bounds: Sequence[float], points: Sequence[tuple[int, Sequence[float]]]) -> list[bytes]:
    """Return the series of a cumulative classic histogram: buckets, count and sum; arguments as for `native`."""
    whom = dict(labels)

    def series(suffix: str, of: Mapping[str, str], values: Iterable[float]) -> bytes:
        every = tuple(sorted({**whom, "__name__": whom["__name__"] + suffix, **of}.items()))
        samples = zip((at for at, _ in points), values, strict=True)
        return named(every) + b"".join(field(2, double(1, value) + integer(2, at)) for at, value in samples)

    edges = [*bounds, math.inf]
    return [
        *(series("_bucket", {"le": _number(le)}, [sum(v <= le for v in seen) for _, seen in points]) for le in edges),
        series("_count", {}, [len(seen) for _, seen in points]),
        series("_sum", {}, [sum(seen) for _, seen in points]),
    ]


def exemplified(labels: Labels, at: int, value: float, exemplars: Iterable[tuple[int, float, str]]) -> bytes:
    """Return a series of one point with exemplars: Unix milliseconds, observed value, trace id."""
    told = (
        field(3, named([("trace_id", trace_id)]) + double(2, seen) + integer(3, moment))
        for moment, seen, trace_id in exemplars
    )
    return named(labels) + field(2, double(1, value) + integer(2, at)) + b"".join(told)


def _number(bound: float) -> str:
    return "+Inf" if bound == math.inf else f"{bound:g}"


def _histogram(at: int, observed: Sequence[float]) -> bytes:
    counts: dict[int, int] = {}
    for value in observed:
        index = math.ceil(math.log2(value) * 2**SCHEMA)
        counts[index] = counts.get(index, 0) + 1
    spans, deltas, before, expected = b"", b"", 0, 0
    for index in sorted(counts):
        spans += field(11, integer(1, _zigzag(index - expected)) + integer(2, 1))
        deltas += varint(_zigzag(counts[index] - before))
        before, expected = counts[index], index + 1
    head = integer(1, len(observed)) + double(3, sum(observed)) + integer(4, _zigzag(SCHEMA))
    return head + double(5, 1e-128) + integer(6, 0) + spans + field(12, deltas) + integer(15, at)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1
