"""Scores of returned line ranges against the lines a person marked, and their means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from evals.ci.dataset import LabelledLog

Range = tuple[int, int]
"""First and last line, both included, counted from 1."""


class Overlap(NamedTuple):
    """Line-level agreement on one log. `full` is 1 when all marked lines were returned."""

    precision: float
    recall: float
    f1: float
    full: float
    lines: int


def overlap(ranges: Iterable[Range], log: LabelledLog) -> Overlap:
    """Compare returned ranges, which may overlap each other, with the marked lines."""
    returned = {line for first, last in ranges for line in range(first, last + 1)}
    marked = log.last - log.first + 1
    hit = sum(log.first <= line <= log.last for line in returned)
    precision = hit / len(returned) if returned else 0.0
    recall = hit / marked
    f1 = 2 * precision * recall / (precision + recall) if hit else 0.0
    return Overlap(precision, recall, f1, float(hit == marked), len(returned))


def means(overlaps: Sequence[Overlap], seconds: Sequence[float]) -> dict[str, float | int]:
    """Return the means over logs, as the JSON output names them.

    Raises:
        ZeroDivisionError: there are no logs.
    """
    n = len(overlaps)
    sums = [sum(values) / n for values in zip(*overlaps, strict=True)]
    names = ("precision", "recall", "f1", "full_recall", "mean_lines")
    found: dict[str, float | int] = {"n": n}
    found.update({name: round(value, 4) for name, value in zip(names, sums, strict=True)})
    found["s_per_log"] = round(sum(seconds) / n, 4)
    return found
