"""One metric series for tests, without a folder."""

import numpy as np

from tools.sources.rows import MetricSeries, Two


def array(values: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return values as an array."""
    return np.array(values, dtype=np.float64)


def series(before: list[float], after: list[float], metric: str = "m", service: str = "pay") -> MetricSeries:
    """Return a series with a point a second, the incident's after the baseline's."""
    times = np.arange(len(before) + len(after), dtype=np.int64)
    parts = Two(times[: len(before)], times[len(before) :])
    return MetricSeries(service, "", "", metric, "", "", parts, Two(array(before), array(after)))
