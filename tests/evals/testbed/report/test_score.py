"""Sets from several folders, judged together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.rca.evaluate import Plan
from evals.rca.rows import Row
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.recording.answer import answer_of
from evals.testbed.recording.left_out import leave_out
from evals.testbed.report import score as module
from evals.testbed.report.score import judge_sets, missing_of
from tools.config import Settings
from tools.errors import FolderError


def _set(root: Path, seed: int) -> Path:
    case = f"shop-{seed}-01"
    folder = root / "shop" / "cases" / case
    folder.mkdir(parents=True)
    incident = {"system": "shop", "symptom_start_unix": 1_000.0, "fault_window_unix": [990.0, 1_045.0]}
    (folder / "incident.json").write_text(json.dumps(incident))
    answer = answer_of(find_fault("payment-slow"), 0.6, 999.0, seed * 1_000)
    answer.write(root / "ground_truth" / "shop" / f"{case}.json")
    return root


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """Replace the investigation by one that blames the cart, also in a case nobody asked for."""
    asked: list[Plan] = []

    def evaluate(plan: Plan, tell: object) -> list[Row]:
        asked.append(plan)
        names = [*plan.only, "shop-9-99"]
        return [
            Row(method="whydown", set="shop", id=name, system="shop", ranked=("cart",), seconds=2.0) for name in names
        ]

    monkeypatch.setattr(module, "evaluate", evaluate)
    return asked


def test_every_folder_is_judged_and_knows_its_seed(plans: list[Plan], tmp_path: Path) -> None:
    roots = [_set(tmp_path / "one", 1), _set(tmp_path / "two", 2)]
    judged = judge_sets(roots, tmp_path / "out", Settings(), lambda answer, total: None)
    assert [(one.seed, one.row.first, one.answer.fault) for one in judged] == [
        (1, "cart", "payment-slow"),
        (2, "cart", "payment-slow"),
    ]
    assert [plan.out for plan in plans] == [tmp_path / "out" / "one", tmp_path / "out" / "two"]


def test_waiting_runs_from_the_symptom_to_the_end_of_the_telemetry(plans: list[Plan], tmp_path: Path) -> None:
    (one,) = judge_sets([_set(tmp_path, 3)], tmp_path / "out", Settings(), lambda answer, total: None)
    assert one.waited == 45.0


def test_a_folder_without_a_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no recorded set"):
        judge_sets([tmp_path], tmp_path / "out", Settings(), lambda answer, total: None)


def test_what_was_left_out_is_known_with_its_seed(tmp_path: Path) -> None:
    leave_out(tmp_path, "shop-2-17", "catalog-throttled", "no control groups")
    assert missing_of([tmp_path, tmp_path / "nothing"]) == [("catalog-throttled", 2)]
