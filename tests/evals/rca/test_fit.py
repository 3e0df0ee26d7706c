"""Fitting the weights: what examples show is learnt, what none shows keeps its prior, signs hold."""

import numpy as np
import pytest

from agent.ranking.features import NAMES, Features
from evals.rca.features import Example
from evals.rca.fit import PRIOR, fit_weights, score_components
from tools.faults import FaultFamily


def example(right: str, found: dict[str, Features], felt: float = 0.0, family: str = "code") -> Example:
    vectors = {name: tuple(features.vector()) for name, features in found.items()}
    truth = (right,) if right else ()
    return Example(id="c", variant="all", system="s/one", truth=truth, family=family, features=vectors, felt=felt)


def faulty(count: int, felt: float = 0.0) -> list[Example]:
    """Return cases in which the one with the most self-time is at fault, not the one below which that lies."""
    random = np.random.default_rng(7)
    return [
        example(
            "cause",
            {
                "cause": Features(own_time=random.uniform(2, 5)),
                "caller": Features(own_time=random.uniform(0, 1), downstream=4),
                "other": Features(behaviour=random.uniform(0, 1)),
            },
            felt,
        )
        for _ in range(count)
    ]


def calm(count: int) -> list[Example]:
    """Return healthy windows."""
    random = np.random.default_rng(8)
    return [example("", {"a": Features(own_time=random.uniform(0, 0.5))}, family="") for _ in range(count)]


def test_what_marks_the_cause_gets_weight_and_what_explains_callers_speaks_against() -> None:
    weights = dict(zip(NAMES, fit_weights([*faulty(40), *calm(20)], "test").features, strict=True))
    assert weights["own_time"] > PRIOR
    assert weights["downstream"] < -PRIOR / 2
    assert weights["own_time"] == pytest.approx(weights["wire_in"]), "time in a component and on the way to it are tied"


def test_what_no_example_shows_keeps_its_prior() -> None:
    weights = dict(zip(NAMES, fit_weights([*faulty(40), *calm(20)], "test").features, strict=True))
    assert weights["resource"] == pytest.approx(PRIOR, abs=1e-3)
    assert weights["off_path"] == pytest.approx(-PRIOR, abs=1e-3)


def test_healthy_windows_raise_nothing() -> None:
    few, many = (fit_weights([*faulty(40), *calm(count)], "test").none for count in (2, 60))
    assert many > few


def test_what_users_feel_speaks_against_nothing_only_where_it_shows() -> None:
    assert fit_weights([*faulty(40), *calm(20)], "test").felt == pytest.approx(0.0, abs=1e-3)
    assert fit_weights([*faulty(40, felt=4.0), *calm(20)], "test").felt < -0.05


def test_a_cause_that_no_evidence_mentions_teaches_nothing() -> None:
    lost = example("elsewhere", {"a": Features(own_time=3)})
    assert fit_weights([*faulty(10), lost], "test") == fit_weights(faulty(10), "test")


def test_families_are_told_apart_by_what_marks_them() -> None:
    code = [example("a", {"a": Features(behaviour=3)}) for _ in range(20)]
    network = [example("a", {"a": Features(wire_in=3)}, family="network") for _ in range(20)]
    rows = fit_weights([*code, *network], "test").families
    assert set(rows) == {FaultFamily.CODE, FaultFamily.NETWORK}
    behaviour, wire = NAMES.index("behaviour"), NAMES.index("wire_in")
    assert rows[FaultFamily.CODE][behaviour] > rows[FaultFamily.NETWORK][behaviour]
    assert rows[FaultFamily.CODE][wire] < rows[FaultFamily.NETWORK][wire]


def test_components_are_ordered_by_score_and_by_name_where_equal() -> None:
    weights = fit_weights(faulty(20), "test")
    found = {"b": Features(own_time=1), "a": Features(own_time=1), "c": Features(own_time=4)}
    assert score_components(weights, example("c", found)) == ["c", "a", "b"]
