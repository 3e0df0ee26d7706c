from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ci.classify import classify
from agent.ci.suspects import Suspect
from agent.ci.weigh import Reason, change_reasons, history_reasons, junit_reasons, sign_reasons
from agent.schema import FailureClass
from tools.ci.diff import FileChange
from tools.ci.grammar import Cause
from tools.evidence import Evidence, EvidenceKind, Subject


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (Cause.RUNNER, FailureClass.INFRASTRUCTURE),
        (Cause.DISK, FailureClass.INFRASTRUCTURE),
        (Cause.NETWORK, FailureClass.INFRASTRUCTURE),
        (Cause.DEPENDENCY, FailureClass.DEPENDENCY),
        (Cause.COMPILE, FailureClass.REGRESSION),
        (Cause.TEST, FailureClass.REGRESSION),
        (Cause.CONFIG, FailureClass.TEST_OR_CONFIGURATION),
    ],
)
def test_one_clear_sign_decides(cause: Cause, kind: FailureClass) -> None:
    found = classify(sign_reasons([(cause, "E1")]))
    assert (found.kind, found.evidence) == (kind, ("E1",))


def test_nothing_known_is_not_enough_evidence() -> None:
    found = classify([])
    assert (found.kind, found.confidence, found.reasons) == (
        FailureClass.NOT_ENOUGH_EVIDENCE,
        0.0,
        ("nothing is known",),
    )


def test_contradicting_signs_are_not_enough_and_all_are_told() -> None:
    found = classify(sign_reasons([(Cause.NETWORK, "E1"), (Cause.COMPILE, "E2"), (Cause.CONFIG, "E3")]))
    assert found.kind is FailureClass.NOT_ENOUGH_EVIDENCE
    assert found.reasons[0] == "closest is infrastructure with 33% of the weight"
    assert found.evidence == ("E1", "E2", "E3")


def test_a_failing_test_that_speaks_of_the_network_is_no_infrastructure_failure() -> None:
    found = classify([*sign_reasons([(Cause.NETWORK, "E1"), (Cause.TEST, "E2")]), *junit_reasons([_test("E3")], 1, 0)])
    assert found.kind is FailureClass.REGRESSION


def test_a_pass_of_the_same_commit_outweighs_the_failing_test() -> None:
    reasons = [*sign_reasons([(Cause.TEST, "E1")]), *junit_reasons([_test("E2")], 1, 0), *history_reasons("E3", "")]
    found = classify(reasons)
    assert (found.kind, found.reasons[0]) == (FailureClass.FLAKY, "the same commit passed in another attempt")


def test_a_test_that_passed_when_repeated_is_flaky() -> None:
    flaky = Evidence(
        id="E1", kind=EvidenceKind.CI_FLAKY, subject=Subject(kind="test", name="t"), statement="s", query="q"
    )
    assert classify(junit_reasons([flaky], 0, 0)).kind is FailureClass.FLAKY


def test_tests_that_fail_elsewhere_too_are_flaky_only_if_all_of_them_do() -> None:
    assert classify(junit_reasons([_test("E1")], 2, 2)).kind is FailureClass.FLAKY
    assert classify(junit_reasons([_test("E1")], 2, 1)).kind is FailureClass.REGRESSION


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("requirements.txt", FailureClass.DEPENDENCY),
        ("tests/test_cart.py", FailureClass.TEST_OR_CONFIGURATION),
        (".github/workflows/ci.yml", FailureClass.TEST_OR_CONFIGURATION),
        ("shop/cart.py", FailureClass.REGRESSION),
    ],
)
def test_the_suspect_says_which_class_it_is(path: str, kind: FailureClass) -> None:
    suspect = Suspect(FileChange(path), None, 4.0, ("r",))
    found = classify(change_reasons([suspect], ["E7"], [suspect.change]))
    assert (found.kind, found.evidence) == (kind, ("E7",))


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(FailureClass)), st.floats(min_value=0.1, max_value=10)), min_size=1, max_size=9
    )
)
def test_more_weight_for_the_winner_never_changes_the_winner(weights: list[tuple[FailureClass, float]]) -> None:
    reasons = [Reason(kind, weight, kind.value) for kind, weight in weights]
    found = classify(reasons)
    assert 0 <= found.confidence <= 1
    if found.kind is not FailureClass.NOT_ENOUGH_EVIDENCE:
        again = classify([*reasons, Reason(found.kind, 1.0, "more")])
        assert again.kind is found.kind
        assert again.confidence >= found.confidence - 1e-3


def _test(ref: str) -> Evidence:
    return Evidence(id=ref, kind=EvidenceKind.CI_TEST, subject=Subject(kind="test", name="t"), statement="s", query="q")
