from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.live.clickhouse.details import quantile, read_details
from tools.sources.rows import Exemplar, MetricDetail, Two

KEY = ("pay", "pay-1", "", "wait", "")


@pytest.mark.parametrize(
    ("share", "bounds", "counts", "expected"),
    [
        (0.5, [1.0, 2.0], [10, 0, 0], 0.5),
        (0.5, [1.0, 2.0], [0, 10, 0], 1.5),
        (0.99, [1.0, 2.0], [5, 0, 5], 2.0),
        (0.5, [-2.0, 2.0], [10, 0, 0], -2.0),
        (0.25, [1.0, 2.0, 4.0], [2, 4, 2, 0], 1.0),
        (0.75, [1.0, 2.0, 4.0], [2, 4, 2, 0], 2.0),
    ],
)
def test_quantiles_worked_out_by_hand(share: float, bounds: list[float], counts: list[int], expected: float) -> None:
    assert quantile(share, bounds, counts) == pytest.approx(expected)


@pytest.mark.parametrize(("bounds", "counts"), [([], [3]), ([1.0], [0, 0]), ([1.0], [1]), ([], [])])
def test_without_buckets_or_observations_there_is_none(bounds: list[float], counts: list[int]) -> None:
    assert math.isnan(quantile(0.5, bounds, counts))


@given(st.lists(st.floats(0.001, 9.99), min_size=1, max_size=200), st.floats(0.01, 1.0))
def test_a_quantile_is_within_a_bucket_of_the_exact_one(values: list[float], share: float) -> None:
    bounds = [float(n) for n in range(1, 11)]
    edges = np.array([0.0, *bounds])
    counts = [
        int(((low < np.array(values)) & (np.array(values) <= high)).sum())
        for low, high in zip(edges, bounds, strict=False)
    ]
    exact = float(np.quantile(values, share, method="inverted_cdf"))
    assert abs(quantile(share, bounds, [*counts, 0]) - exact) <= 1.0 + 1e-9


def test_rows_of_both_windows_are_put_together() -> None:
    bounds, before, after = [1.0, 2.0], [10, 0, 0], [0, 10, 0]
    rows = [[*KEY, 0, bounds, before, []], [*KEY, 1, bounds, after, [[1.9, 5, "slow"]]]]
    (found,) = read_details(rows, [KEY])
    assert found.quantiles == {"p50": Two(0.5, 1.5), "p99": Two(0.99, 1.99)}
    assert found.exemplars == (Exemplar(5, 1.9, "slow"),)


def test_a_series_of_one_window_has_no_quantiles_to_compare() -> None:
    (found,) = read_details([[*KEY, 1, [1.0], [1, 0], []]], [KEY])
    assert found.quantiles == {}
    assert read_details([[*KEY, 0, [1.0], [1, 0], []]], [KEY]) == [MetricDetail()]
