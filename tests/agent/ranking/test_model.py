"""The scoring model: probabilities of components and of none of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ranking.features import NAMES, Features
from agent.ranking.model import family_scores, probabilities, score, shipped_weights

scores = st.dictionaries(st.text(min_size=1), st.floats(-50, 50), max_size=8)


@given(scores, st.floats(-50, 50))
def test_probabilities_and_none_make_one(found: dict[str, float], none: float) -> None:
    chances = probabilities(found, none)
    assert all(0 <= chance <= 1 for chance in chances.values())
    assert sum(chances.values()) <= 1 + 1e-9
    best = max(found, key=lambda c: found[c], default=None)
    assert best is None or chances[best] == max(chances.values())


@given(scores, st.floats(-50, 50), st.floats(1.0, 4.0))
def test_a_scale_within_moves_who_it_is_more_than_whether_it_is_any(
    found: dict[str, float], none: float, within: float
) -> None:
    plain, scaled = probabilities(found, none), probabilities(found, none, within=within)
    assert sum(scaled.values()) <= sum(plain.values()) + 1e-9, "many weak candidates add up to less"
    best = max(found, key=lambda c: found[c], default=None)
    if best is not None and sum(scaled.values()) > 1e-6:
        assert scaled[best] / sum(scaled.values()) >= plain[best] / sum(plain.values()) - 1e-9


def test_a_scale_changes_nothing_for_one_candidate() -> None:
    assert probabilities({"a": 2.0}, 1.0, within=3.0) == {"a": pytest.approx(probabilities({"a": 2.0}, 1.0)["a"])}


def test_equal_scores_share_equally_with_none() -> None:
    assert probabilities({"a": 1.0, "b": 1.0}, 1.0) == {"a": pytest.approx(1 / 3), "b": pytest.approx(1 / 3)}


def test_shipped_weights_fit_the_features_and_keep_their_signs() -> None:
    weights = shipped_weights()
    assert weights.names == NAMES
    for name, weight in zip(NAMES, weights.features, strict=True):
        assert weight <= 0 if name in {"downstream", "off_path"} else weight >= 0, name


def test_more_evidence_never_lowers_the_score() -> None:
    weights = shipped_weights()
    some, more = Features(wire_in=2.0), Features(wire_in=2.0, behaviour=3.0, own_time=0.2)
    assert score(more, weights) >= score(some, weights)


def test_families_are_probabilities_and_follow_the_evidence() -> None:
    weights = shipped_weights()
    slow_wire = family_scores(Features(wire_in=4.5), weights)
    assert sum(slow_wire.values()) == pytest.approx(1.0)
    assert max(slow_wire, key=lambda family: slow_wire[family]).value == "network"
    odd_behaviour = family_scores(Features(behaviour=4.0), weights)
    assert max(odd_behaviour, key=lambda family: odd_behaviour[family]).value == "code"


def test_nothing_gets_no_more_than_what_else_is_known_allows() -> None:
    chances = probabilities({"a": 1.0, "b": 0.0}, 5.0, at_most=0.1)
    assert sum(chances.values()) == pytest.approx(0.9)
    assert chances["a"] / chances["b"] == pytest.approx(math.e)
    assert probabilities({"a": 5.0}, 0.0, at_most=0.1) == probabilities({"a": 5.0}, 0.0)
    assert probabilities({}, 1.0, at_most=0.1) == {}
