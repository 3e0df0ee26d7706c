"""Many tests at once: the share of false findings stays bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.stats import benjamini_hochberg, two_sided_p

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def test_the_example_of_the_paper() -> None:
    # Benjamini & Hochberg 1995, section 4.1: 15 p-values, rate 0.05, the first four are rejected.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p_values += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert benjamini_hochberg(np.array(p_values), 0.05).tolist() == [True] * 4 + [False] * 11


def test_no_test_is_no_finding() -> None:
    assert benjamini_hochberg(np.array([]), 0.05).tolist() == []


@given(p_lists, st.floats(0.001, 0.5))
def test_what_is_kept_are_the_smallest(p_values: list[float], rate: float) -> None:
    values = np.array(p_values)
    keep = benjamini_hochberg(values, rate)
    assert not keep.any() or not (~keep).any() or values[keep].max() <= values[~keep].min()
    assert keep.sum() >= (values <= rate / values.size).sum(), "at least as much as Bonferroni keeps"


@given(p_lists, st.randoms(use_true_random=False))
def test_order_does_not_matter(p_values: list[float], random: object) -> None:
    values = np.array(p_values)
    order = np.random.default_rng(len(p_values)).permutation(values.size)
    assert (benjamini_hochberg(values, 0.1)[order] == benjamini_hochberg(values[order], 0.1)).all()


def test_a_tenth_of_false_findings_at_a_tenth() -> None:
    random = np.random.default_rng(11)
    shares = []
    for _ in range(400):
        effects = random.normal(0, 1, 200)
        effects[:20] += 4
        keep = benjamini_hochberg(np.array([two_sided_p(e) for e in effects]), 0.1)
        shares.append(keep[20:].sum() / max(keep.sum(), 1))
    assert np.mean(shares) <= 0.1
    assert np.mean(shares) > 0.05, "the bound is 0.1 times the share of true nulls, 0.9"


def test_nulls_alone_seldom_give_any_finding() -> None:
    random = np.random.default_rng(12)
    found = [
        benjamini_hochberg(np.array([two_sided_p(e) for e in random.normal(0, 1, 100)]), 0.05).any()
        for _ in range(1_000)
    ]
    assert np.mean(found) == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize(("effect", "p"), [(0, 1.0), (1.959964, 0.05), (-1.959964, 0.05), (3.290527, 0.001)])
def test_p_values_of_known_quantiles(effect: float, p: float) -> None:
    assert two_sided_p(effect) == pytest.approx(p, rel=1e-4)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_a_larger_effect_has_no_larger_p(a: float, b: float) -> None:
    small, large = sorted((a, b), key=abs)
    assert 0 <= two_sided_p(large) <= two_sided_p(small) <= 1
