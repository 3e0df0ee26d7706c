"""A small plot of the decisive series: its baseline level and where it left it."""

from __future__ import annotations

import datetime as dt
import math

from rich.padding import Padding
from rich.text import Text

from agent.render.clean import clean
from agent.render.words import amount, clock
from agent.schema import Hypothesis, Report
from tools.evidence import Evidence, Sample
from tools.window import to_datetime, to_ns

HEIGHT = 9
MIN_POINTS = 4
"""Fewer points say nothing that the sentence does not."""
_LABEL_COLUMNS = 10
"""Columns that a time label needs with a blank on either side."""

Points = list[tuple[int, float]]


def decisive(report: Report, hypothesis: Hypothesis) -> tuple[Evidence, Sample] | None:
    """Return the strongest supporting evidence that has a series to plot."""
    found = [item for ref in hypothesis.supports if (item := report.find(ref))]
    for item in sorted(found, key=lambda item: -abs(item.effect)):
        for sample in item.samples:
            if sample.kind == "series" and len(finite_points(sample)) >= MIN_POINTS:
                return item, sample
    return None


def finite_points(sample: Sample) -> Points:
    """Return the finite points of a series, by time."""
    pairs = zip(sample.times, sample.values, strict=False)
    return sorted((time, value) for time, value in pairs if math.isfinite(value))


def plot_view(item: Evidence, sample: Sample, begin: dt.datetime, width: int) -> Padding:
    """Return the plot of an evidence's series.

    The x axis counts points rather than seconds, so that a baseline from another hour needs no gap.

    Args:
        item: gives baseline level, onset and unit.
        sample: the series.
        begin: start of the incident window.
        width: columns to fill.
    """
    points = _trimmed(finite_points(sample), to_ns(begin))
    title = Text.assemble(
        (f"{item.id} ", "ref"),
        (clean(item.subject.label(), width - 30), "quiet"),
        (f" {clean(sample.ref, 24)}", "quiet"),
    )
    drawn = draw(points, item.unit, item.baseline, to_ns(item.onset) if item.onset else None, width - 4)
    return Padding(Text("\n").join([title, drawn]), (0, 0, 0, 4))


def _trimmed(points: Points, begin_ns: int) -> Points:
    """Leave out the early baseline, so that the incident fills a third of the plot at least."""
    first = next((index for index, (time, _) in enumerate(points) if time >= begin_ns), len(points))
    keep = max(2 * (len(points) - first), 20)
    return points[max(0, first - keep) :]


def draw(points: Points, unit: str, level: float | None, onset_ns: int | None, width: int) -> Text:
    """Return a line plot with a level line and an onset mark, `HEIGHT` rows of at most `width` columns."""
    import plotext

    values = [value for _, value in points]
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plot_size(min(width, 100), HEIGHT)
    if level is not None and math.isfinite(level):
        plotext.hline(level)
    onset = _index(points, onset_ns)
    if onset is not None:
        plotext.vline(onset)
    plotext.plot(list(range(len(points))), values, marker="braille")
    marks = _marks(values, level)
    plotext.yticks(marks, [amount(value, unit) for value in marks])
    ticks = _ticks(points, onset, min(width, 100))
    plotext.xticks(ticks, [clock(to_datetime(points[index][0])) for index in ticks])
    drawn = Text.from_ansi(plotext.build().rstrip())
    plain = Text("\n".join(line.rstrip() for line in drawn.plain.splitlines()), style="quiet")
    plain.highlight_regex(r"[\u2801-\u28ff]+", "series")
    return plain


def _marks(values: list[float], level: float | None) -> list[float]:
    """Return the values that get a label: the level, and the extremes unless they would touch it."""
    low, high = min(values), max(values)
    if level is None or not math.isfinite(level):
        return sorted({low, high})
    apart = (max(high, level) - min(low, level)) / (HEIGHT - 4)
    return sorted({level, *(value for value in (low, high) if abs(value - level) >= apart)})


def _index(points: Points, moment: int | None) -> int | None:
    if moment is None:
        return None
    return next((index for index, (time, _) in enumerate(points) if time >= moment), None)


def _ticks(points: Points, onset: int | None, width: int) -> list[int]:
    """Return the points that get a time label: first, onset, last, unless they would touch."""
    apart = len(points) * _LABEL_COLUMNS / max(width - 12, 1)
    last = len(points) - 1
    if onset is None or onset < apart or last - onset < apart:
        return [0, last]
    return [0, onset, last]
