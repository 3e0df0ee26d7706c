"""How well stated confidences hold, from the rows of one method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evals.measures.calibration import (
    Bin,
    Numbers,
    auroc,
    brier,
    constant_confidence,
    equal_mass_bins,
    equal_width_bins,
    expected_calibration_error,
)
from evals.rca.rows import Row


def measure_calibration(rows: Sequence[Row]) -> dict[str, float | int | None]:
    """Return the calibration of first hypotheses.

    `ece` is over bins of equal mass: confidences crowd near one, where bins of equal width would put
    nearly all cases into one bin and see only the average; that weaker number is `ece_width`.
    `_constant` is what one gets by always stating the share of right answers in the other systems.
    """
    stated = [row for row in rows if row.confidence is not None]
    confidence, right = stated_confidence(stated)
    if not stated:
        names = ("ece", "ece_width", "ece_constant", "brier", "brier_constant", "auroc")
        return {"stated": 0, **dict.fromkeys(names)}
    constant = constant_confidence(right, [row.system for row in stated])
    numbers = {
        "ece": expected_calibration_error(equal_mass_bins(confidence, right)),
        "ece_width": expected_calibration_error(equal_width_bins(confidence, right)),
        "ece_constant": expected_calibration_error(equal_mass_bins(constant, right)),
        "brier": brier(confidence, right),
        "brier_constant": brier(constant, right),
        "auroc": auroc(confidence, right),
    }
    return {"stated": len(stated), **{name: _known(value) for name, value in numbers.items()}}


def stated_confidence(rows: Sequence[Row]) -> tuple[Numbers, Numbers]:
    """Return confidence and outcome of the first hypothesis, whatever the verdict; rows without one left out."""
    pairs = [(row.confidence, row.listed == 1) for row in rows if row.confidence is not None]
    return np.array([c for c, _ in pairs], dtype=np.float64), np.array([r for _, r in pairs], dtype=np.float64)


def reliability_bins(rows: Sequence[Row]) -> list[Bin]:
    """Return the bins behind `ece`."""
    return equal_mass_bins(*stated_confidence(rows))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
