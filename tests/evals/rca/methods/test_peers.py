"""The published peers on examples worked out by hand, and on the tiny data folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agent.schema import Incident
from evals.rca.case import ViewOptions
from evals.rca.cases import read_cases
from evals.rca.methods import METHODS
from evals.rca.methods.baro import baro_score, best_of
from evals.rca.methods.base import by_score, components, open_incident
from evals.rca.methods.pagerank import walk
from evals.rca.methods.series import Series, read_series
from evals.rca.methods.zscore import robust_z, strongest_move
from tools.config import Settings
from tools.sources.rows import Call

NORMAL = [10.0, 12.0, 14.0, 16.0, 18.0]
"""Median 14, quartiles 12 and 16, MAD 2."""


def series(incident: list[float], baseline: list[float] = NORMAL, service: str = "a") -> Series:
    return Series(service, "m", np.array(baseline), np.array(incident))


def test_baro_score_is_the_largest_rise_in_interquartile_ranges() -> None:
    assert baro_score(series([15.0, 26.0, 13.0])) == (26 - 14) / (16 - 12)


def test_baro_misses_a_drop_as_published() -> None:
    assert baro_score(series([0.0])) == (0 - 14) / 4


def test_baro_takes_a_spread_of_zero_as_one() -> None:
    assert baro_score(series([8.0], baseline=[5.0] * 5)) == 3.0


def test_baro_leaves_out_series_that_never_vary() -> None:
    assert best_of([series([5.0], baseline=[5.0])]) == {}
    assert best_of([series([15.0]), series([26.0])]) == {"a": 3.0}


def test_zscore_is_two_sided_and_in_robust_deviations() -> None:
    assert robust_z(series([26.0, 26.0, 0.0])) == pytest.approx(12 / (1.4826 * 2))
    assert robust_z(series([2.0])) == pytest.approx(12 / (1.4826 * 2))


def test_zscore_without_a_unit_is_nothing() -> None:
    assert robust_z(series([9.0], baseline=[5.0] * 4)) == 0.0
    assert robust_z(series([9.0], baseline=[5.0, 5.0, 5.0, 9.0])) == pytest.approx(4 / np.std([5.0, 5.0, 5.0, 9.0]))


def test_every_component_gets_a_score() -> None:
    assert strongest_move([series([26.0])], ["a", "b"]) == {"a": pytest.approx(12 / (1.4826 * 2)), "b": 0.0}


def test_ties_go_by_name() -> None:
    assert by_score({"b": 1.0, "a": 1.0, "c": 2.0}) == ("c", "a", "b")


def test_walk_of_two_nodes_by_hand() -> None:
    """A calls b, scores 1 and 3, ρ 0.5.

    From a: to b weighs 3, staying max(1 - 3, 0) = 0, so all go to b. From b: back 0.5, staying
    3 - 0.5 = 2.5, so 1/6 go back. Teleports go to b with 3/4. With x the share at a:
    x = 0.85 (1 - x) / 6 + 0.15 / 4.
    """
    x = (0.85 / 6 + 0.15 / 4) / (1 + 0.85 / 6)
    found = walk({"a": 1.0, "b": 3.0}, [Call("a", "b", 9)])
    assert found == {"a": pytest.approx(x), "b": pytest.approx(1 - x)}


def test_walk_goes_down_to_the_anomalous_callee() -> None:
    calls = [Call("front", "cart", 1), Call("front", "pay", 1), Call("pay", "bank", 1), Call("x", "y", 1)]
    scores = {"front": 6.0, "cart": 0.5, "pay": 6.0, "bank": 7.0}
    assert by_score(walk(scores, calls))[0] == "bank"
    assert sum(walk(scores, calls).values()) == pytest.approx(1.0)


def test_walk_without_any_anomaly_is_everywhere() -> None:
    assert walk({"a": 0.0, "b": 0.0}, []) == {"a": pytest.approx(0.5), "b": pytest.approx(0.5)}


@pytest.mark.parametrize("method", ["baro", "zscore", "pagerank", "random"])
@pytest.mark.parametrize("drop", [[], ["metrics"], ["traces"]])
def test_peers_rank_every_component_once(data: Path, tmp_path: Path, method: str, drop: list[str]) -> None:
    (case,) = read_cases(data, only=["bank-slow"])
    view = case.view(ViewOptions(drop=frozenset(drop)), tmp_path / "view")
    ranked = METHODS[method](Incident(folder=view), Settings()).ranked
    assert sorted(ranked) == ["bank", "cart", "front", "pay"]
    if method != "random":
        assert ranked[0] == "bank"


def test_series_are_metrics_where_there_are_metrics_else_spans(data: Path, tmp_path: Path) -> None:
    (case,) = read_cases(data, only=["bank-slow"])
    names = {}
    for drop in ("traces", "metrics"):
        incident = Incident(folder=case.view(ViewOptions(drop=frozenset({drop})), tmp_path / drop))
        telemetry, scope = open_incident(incident, Settings())
        assert components(telemetry) == ["bank", "cart", "front", "pay"]
        names[drop] = {s.name for s in read_series(incident, telemetry, scope, Settings()) if s.service == "bank"}
    assert names["traces"] == {"cpu_pct bank-1", "memory_pct bank-1"}
    assert names["metrics"] == {"serve bank duration", "serve bank errors"}


def test_random_order_can_be_repeated(data: Path, tmp_path: Path) -> None:
    (case,) = read_cases(data, only=["quiet"])
    incident = Incident(folder=case.view(ViewOptions(), tmp_path / "view"))
    assert METHODS["random"](incident, Settings()) == METHODS["random"](incident, Settings())
