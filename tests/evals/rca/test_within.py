"""How sure of one component among others, fitted on systems that the weights have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from agent.ranking.features import NAMES, Features
from evals.rca.features import Example
from evals.rca.within import MOST, fit_within


def example(system: str, number: int, sure: float, *, complete: bool = True, right: bool = True) -> Example:
    """Return a case with two suspects; `sure` is how much more behaves oddly in the first one."""
    random = np.random.default_rng(number)
    features = {
        name: tuple(Features(behaviour=float(size + random.uniform(0, 0.2))).vector())
        for name, size in (("guilty", 1.0 + sure), ("innocent", 1.0))
    }
    truth = ("guilty",) if right else ("innocent",)
    return Example(
        id=f"{system}-{number}",
        variant="all",
        system=system,
        truth=truth,
        family="code",
        features=features,
        complete=complete,
    )


def test_complete_pictures_that_are_always_right_are_surer() -> None:
    cases = [example(system, n, 0.6) for system in ("a", "b") for n in range(12)]
    doubtful = [example("c", n, 0.3, complete=False, right=n % 3 > 0) for n in range(30)]
    assert fit_within([*cases, *doubtful]) > 1.5


def test_pictures_that_are_often_wrong_are_not() -> None:
    cases = [example(system, n, 0.5, right=n % 2 == 0) for system in ("a", "b") for n in range(12)]
    assert fit_within(cases) == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("systems", [[], ["a"]], ids=["none", "one system"])
def test_without_a_system_to_learn_from_nothing_is_scaled(systems: list[str]) -> None:
    assert fit_within([example(system, n, 0.6) for system in systems for n in range(5)]) == 1.0


def test_the_scale_is_bounded() -> None:
    assert 1.0 <= fit_within([example(system, n, 3.0) for system in ("a", "b") for n in range(9)]) <= MOST
    assert len(NAMES) == len(Features().vector())
