"""Answers, and that the evaluation can read them."""

from __future__ import annotations

from pathlib import Path

from evals.rca.truth import read_truth
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from tools.faults import FaultKind


def test_the_evaluation_reads_an_answer(tmp_path: Path) -> None:
    answer = answer_of(find_fault("payment-slow"), 0.6, 1_700_000_000.0, 3)
    answer.write(tmp_path / "case-1.json")
    truth = read_truth(tmp_path / "case-1.json")
    assert (truth.component, truth.kind) == ("payment", FaultKind.SLOW_CODE)


def test_an_answer_survives_being_written(tmp_path: Path) -> None:
    answer = answer_of(find_fault("checkout-timeout"), 0.1, 1_700_000_000.5, 4)
    answer.write(tmp_path / "deep" / "answer.json")
    assert Answer.model_validate_json((tmp_path / "deep" / "answer.json").read_text()) == answer
    assert (answer.verdict, answer.fault_family) == ("root_cause", "configuration")


def test_a_healthy_answer_accuses_nobody() -> None:
    answer = healthy_answer(1)
    assert (answer.verdict, answer.root_cause_service, answer.fault_type) == ("healthy", "", None)
