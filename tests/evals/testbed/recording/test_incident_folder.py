"""The folder a responder gets: complete or not there, and without the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.testbed.load.generator import Experience
from evals.testbed.recording import incident_folder as module
from evals.testbed.recording.answer import Answer
from evals.testbed.recording.incident_folder import incident_file, symptom_of, write_recording
from evals.testbed.recording.plan import Course, RecordingPlan
from tools.window import TimeWindow

BEGIN, ONSET, END = 1_700_000_000.0, 1_700_000_020.0, 1_700_000_070.0


def _requests(slow: float) -> list[Experience]:
    moments = [BEGIN + n * 0.5 for n in range(140)]
    return [
        Experience(
            time_unix=moment,
            route="POST /checkout",
            tenant="dunes",
            status=200,
            seconds=slow if moment > ONSET else 0.05,
        )
        for moment in moments
    ]


def _course(slow: float = 1.0) -> Course:
    change = {"time_unix": ONSET - 3, "kind": "config", "service": "cart"}
    return Course(BEGIN, ONSET, END, changes=[change], seen=_requests(slow))


def _plan(tmp_path: Path, fault: str = "payment-slow", seed: int = 1) -> RecordingPlan:
    return RecordingPlan(
        fault,
        tmp_path / "cases" / "shop-1-01",
        tmp_path / "answers" / "shop-1-01.json",
        seed=seed,
        normal_seconds=20,
        fault_seconds=50,
        case_id="shop-1-01",
        baseline="baseline/shop-1",
    )


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> None:
    def consolidate(collected: Path, into: Path, window: TimeWindow) -> dict[str, int]:
        (into / "traces.parquet").write_text("spans")
        return {"traces": 1}

    monkeypatch.setattr(module, "consolidate", consolidate)


@pytest.mark.usefixtures("signals")
def test_the_answer_stays_apart(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    write_recording(plan, _course(), tmp_path)
    assert sorted(path.name for path in plan.into.iterdir()) == ["changes.json", "incident.json", "traces.parquet"]
    written = (plan.into / "incident.json").read_text() + (plan.into / "changes.json").read_text()
    assert "payment" not in written
    answer = Answer.model_validate_json(plan.answer.read_bytes())
    assert (answer.root_cause_service, answer.severity, answer.inject_unix) == ("payment", 0.6, ONSET)


@pytest.mark.usefixtures("signals")
def test_what_an_interrupted_recording_left_is_replaced(tmp_path: Path) -> None:
    plan = _plan(tmp_path)
    for name in ("shop-1-01", "shop-1-01.partial"):
        (plan.into.with_name(name)).mkdir(parents=True)
        (plan.into.with_name(name) / "half.parquet").touch()
    write_recording(plan, _course(), tmp_path)
    assert [path.name for path in plan.into.parent.iterdir()] == ["shop-1-01"]
    assert not (plan.into / "half.parquet").exists()


def test_without_all_signals_there_is_neither_folder_nor_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> dict[str, int]:
        raise OSError("disk full")

    monkeypatch.setattr(module, "consolidate", fail)
    plan = _plan(tmp_path)
    with pytest.raises(OSError, match="disk full"):
        write_recording(plan, _course(), tmp_path)
    assert not plan.into.exists()
    assert not plan.answer.exists()


@pytest.mark.parametrize("seed", range(8))
def test_windows_are_a_responders_and_do_not_give_the_moment_away(seed: int, tmp_path: Path) -> None:
    file = incident_file(_plan(tmp_path, seed=seed), _course())
    assert file.normal_window_unix is not None
    assert file.fault_window_unix is not None
    assert file.normal_window_unix[0] == BEGIN
    assert file.normal_window_unix[1] == file.fault_window_unix[0]
    assert BEGIN + 10 <= file.fault_window_unix[0] < ONSET
    assert file.fault_window_unix[1] == END
    assert file.operation == "POST /checkout"
    assert file.baseline == "baseline/shop-1"


def test_windows_differ_by_seed(tmp_path: Path) -> None:
    cuts = {incident_file(_plan(tmp_path, seed=seed), _course()).fault_window_unix for seed in range(8)}
    assert len(cuts) > 3


@pytest.mark.parametrize(
    ("fault", "said"),
    [("recommendation-empty", "without recommendations"), ("healthy", "No alarm"), ("traffic-doubled", "No alarm")],
)
def test_where_no_alarm_rings_a_customer_complains_or_a_routine_check_asks(
    fault: str, said: str, tmp_path: Path
) -> None:
    course = _course(slow=0.05)
    assert symptom_of(course) is None
    file = incident_file(_plan(tmp_path, fault), course)
    assert said in file.description
    assert (file.service, file.operation) == ("", "")


def test_other_normal_stretches_tell_what_is_usual() -> None:
    """A route nobody asked for in the case's own normal stretch can still ring."""
    seen = [one for one in _requests(1.0) if one.time_unix > ONSET]
    before = [one.model_copy(update={"time_unix": one.time_unix - 500}) for one in _requests(0.05)]
    assert symptom_of(Course(BEGIN, ONSET, END, seen=seen)) is None
    assert symptom_of(Course(BEGIN, ONSET, END, seen=seen, before=before)) is not None


def test_a_tenth_of_a_second_is_felt_by_nobody() -> None:
    assert symptom_of(_course(slow=0.14)) is None
    assert symptom_of(_course(slow=0.2)) is not None


def test_incident_json_is_what_the_product_reads(tmp_path: Path) -> None:
    file = incident_file(_plan(tmp_path), _course())
    assert json.loads(file.model_dump_json())["schema_version"] == 1
