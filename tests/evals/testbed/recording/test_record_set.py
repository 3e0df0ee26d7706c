"""The layout of a recorded set, with the recording itself left out."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from evals.rca.cases import read_cases
from evals.rca.truth import read_truths
from evals.testbed.faults.catalogue import FAULTS, HEALTHY, find_fault
from evals.testbed.recording import record_set as module
from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from evals.testbed.recording.record import RecordingPlan
from evals.testbed.recording.record_set import record_set
from evals.testbed.recording.stretches import Tell
from tools.errors import PrerequisiteError

REFUSED = "catalog-throttled"


def _trace(path: Path) -> None:
    calls = "VALUES ('checkout', 'payment'), ('checkout', 'payment'), ('cart', 'redis'), ('cart', 'nowhere')"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT * FROM ({calls}) t(service, peer)) TO '{path}' (FORMAT parquet)")


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[RecordingPlan]:
    """Replace recording by one that only leaves the files, and refuses one fault."""
    done: list[RecordingPlan] = []

    def leave_files(plan: RecordingPlan, tell: Tell) -> Answer:
        if plan.fault == REFUSED:
            raise PrerequisiteError("no control groups", "")
        done.append(plan)
        plan.into.mkdir(parents=True)
        _trace(plan.into / "traces.parquet")
        (plan.into / "incident.json").write_text(json.dumps({"system": "shop", "baseline": plan.baseline}))
        (plan.into / "changes.json").write_text("[]")
        seed = plan.seed
        answer = healthy_answer(seed) if plan.fault == HEALTHY else answer_of(find_fault(plan.fault), 1, 2.0, seed)
        answer.write(plan.answer)
        return answer

    monkeypatch.setattr(module, "record", leave_files)
    return done


def _plan(folder: Path, seed: int = 1) -> RecordingPlan:
    return RecordingPlan(fault="", into=folder, answer=folder / "none.json", seed=seed)


def test_the_evaluation_reads_a_recorded_set(recorded: list[RecordingPlan], tmp_path: Path) -> None:
    record_set(_plan(tmp_path), lambda what, fraction: None)
    cases = list(read_cases(tmp_path, ("shop",)))
    truths = read_truths(tmp_path, "shop")
    assert {case.id for case in cases} == set(truths)
    assert len(cases) == len(FAULTS)  # one more for the healthy case, one less for the refused fault
    assert recorded


def test_case_names_tell_nothing_and_seeds_shuffle_them(recorded: list[RecordingPlan], tmp_path: Path) -> None:
    record_set(_plan(tmp_path, 1), lambda what, fraction: None)
    record_set(_plan(tmp_path, 2), lambda what, fraction: None)
    names = {plan.case_id: plan.fault for plan in recorded if plan.case_id}
    first = [names.get(f"shop-1-{number:02}") for number in range(1, 20)]
    second = [names.get(f"shop-2-{number:02}") for number in range(1, 20)]
    assert first != second
    assert not any(fault in case_id for case_id, fault in names.items())


def test_an_interrupted_set_is_gone_on_with(recorded: list[RecordingPlan], tmp_path: Path) -> None:
    record_set(_plan(tmp_path), lambda what, fraction: None)
    before = len(recorded)
    record_set(_plan(tmp_path), lambda what, fraction: None)
    assert len(recorded) == before


def test_what_cannot_be_injected_here_is_left_out_and_told(recorded: list[RecordingPlan], tmp_path: Path) -> None:
    told: list[str] = []
    record_set(_plan(tmp_path), lambda what, fraction: told.append(what))
    assert any(f"{REFUSED} left out: no control groups" in line for line in told)


def test_the_graph_counts_the_calls_of_the_baseline(recorded: list[RecordingPlan], tmp_path: Path) -> None:
    record_set(_plan(tmp_path), lambda what, fraction: None)
    graph = json.loads((tmp_path / "shop" / "graph" / "shop.json").read_text())
    assert graph == {"system": "shop", "edges": [["checkout", "payment", 2], ["cart", "redis", 1]]}


def test_a_baseline_holds_telemetry_only(recorded: list[RecordingPlan], tmp_path: Path) -> None:
    record_set(_plan(tmp_path), lambda what, fraction: None)
    names = [path.name for path in (tmp_path / "shop" / "baseline" / "shop-1").iterdir()]
    assert names == ["traces.parquet"]
