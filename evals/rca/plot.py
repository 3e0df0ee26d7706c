"""Reliability in the terminal: stated confidence against the share that was right."""

from __future__ import annotations

from collections.abc import Sequence

import plotext

from evals.measures.calibration import Bin

WIDTH, HEIGHT = 60, 16
HEADING = "reliability: share right (up) against stated confidence (across)"


def reliability_plot(bins: Sequence[Bin]) -> str:
    """Return a plot without colours; points on the diagonal are calibrated, below it too confident."""
    plotext.clear_figure()
    plotext.theme("clear")
    plotext.plot_size(WIDTH, HEIGHT)
    plotext.xlim(0, 1)
    plotext.ylim(0, 1)
    plotext.plot([0, 1], [0, 1], marker="dot")
    plotext.scatter([b.confidence for b in bins], [b.right for b in bins], marker="@")
    return f"{HEADING}\n{plotext.uncolorize(plotext.build())}"
