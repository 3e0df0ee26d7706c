"""The plot of one series: baseline band, where the incident begins, and where the deviation does."""

from __future__ import annotations

from textual_plotext import PlotextPlot

from agent.render.band import baseline_band
from agent.render.clean import clean
from agent.render.terminal.plot import Points, finite_points
from agent.render.words import amount, clock
from agent.schema import Report
from tools.evidence import Evidence, Sample
from tools.window import to_datetime, to_ns

LABELS = 8
"""Labels that a plot of a few rows has room for."""


class SeriesPlot(PlotextPlot):
    """Draws the first series of a finding. The x axis counts points, so a baseline of another day needs no gap."""

    def __init__(self, item: Evidence, sample: Sample, report: Report) -> None:
        super().__init__()
        self.legend = ""
        """What the lines are, to be shown below: the plot's own label vanishes where it is too long."""
        self._draw(item, sample, report)

    def _draw(self, item: Evidence, sample: Sample, report: Report) -> None:
        points = finite_points(sample)
        begin = to_ns(report.windows.incident[0])
        onset = _index(points, to_ns(item.onset)) if item.onset else None
        last = len(points) - 1
        band = baseline_band(points, begin)
        if band is not None:
            for edge in band:
                self.plt.plot([0, last], [edge, edge], color="green", marker="dot")
        start = _index(points, begin)
        if start is not None:
            self.plt.vline(start, color="gray")
        if onset is not None:
            self.plt.vline(onset, color="red")
        self.plt.plot(list(range(len(points))), [value for _, value in points], color="cyan", marker="braille")
        self._label(points, item, band, start, onset)

    def _label(
        self,
        points: Points,
        item: Evidence,
        band: tuple[float, float] | None,
        start: int | None,
        onset: int | None,
    ) -> None:
        values = [value for _, value in points]
        marks = apart([min(values), max(values), *(band or ())])
        self.plt.yticks(marks, [amount(mark, item.unit) for mark in marks])
        ticks = sorted({0, len(points) - 1, *(tick for tick in (onset if onset is not None else start,) if tick)})
        self.plt.xticks([float(tick) for tick in ticks], [clock(to_datetime(points[tick][0])) for tick in ticks])
        words = ["dotted: 90 % of the baseline"] if band else []
        words += ["grey: incident begins"] if start is not None else []
        words += [f"red: deviates from {clock(item.onset)}"] if onset is not None else []
        self.plt.title(clean(f"{item.id} {item.subject.label()}", 90))
        self.legend = " · ".join(words)


def apart(levels: list[float]) -> list[float]:
    """Return the levels that are labelled, ascending: the first two, and others that have a row of their own.

    Two labels on one row hide each other, and which of them is seen depends on how high the plot happens to be.
    """
    first, second, *others = levels
    kept = [first, second]
    for level in others:
        if all(abs(level - known) * LABELS >= abs(second - first) for known in kept):
            kept.append(level)
    return sorted(set(kept))


def _index(points: Points, moment: int) -> int | None:
    return next((index for index, (time, _) in enumerate(points) if time >= moment), None)
