"""Features: numbers that can be compared."""

import pytest

from agent.ranking.features import CAP, NAMES, SURE, Features, saturate, size_of
from tests.agent.ranking.builders import found
from tools.evidence import EvidenceKind


def test_quiet_effects_count_nothing_and_loud_ones_are_capped() -> None:
    assert saturate(1.0) == saturate(-1.0) == 0.0
    assert saturate(-30) == saturate(30) > saturate(10)
    assert saturate(1e9) == CAP


@pytest.mark.parametrize(("certainty", "part"), [(SURE, 1.0), (-SURE / 2, 0.5), (3 * SURE, 1.0), (0.0, 1.0)])
def test_a_large_effect_counts_as_far_as_it_is_sure(certainty: float, part: float) -> None:
    item = found(EvidenceKind.LATENCY_SELF, 40, service="shop").model_copy(update={"certainty": certainty})
    assert size_of(item) == pytest.approx(saturate(40) * part)


def test_raising_never_lowers() -> None:
    features = Features(own_time=2.0)
    features.raise_to("own_time", 1.0)
    features.raise_to("resource", 1.0)
    assert features.vector() == [{"own_time": 2.0, "resource": 1.0}.get(name, 0.0) for name in NAMES]
