"""The layout of a recorded set, with the recording itself left out."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from evals.rca.cases import read_cases
from evals.rca.truth import read_truths
from evals.testbed.faults.catalogue import FAULTS, HEALTHY, find_fault
from evals.testbed.load.mix import Mix
from evals.testbed.recording import record_set as module
from evals.testbed.recording.answer import answer_of, healthy_answer
from evals.testbed.recording.left_out import read_left_out
from evals.testbed.recording.plan import RecordingPlan
from evals.testbed.recording.record_set import SetPlan, record_set
from evals.testbed.recording.session import Taken
from evals.testbed.recording.stretches import Tell
from tools.errors import PrerequisiteError

REFUSED = "catalog-throttled"


def _trace(path: Path) -> None:
    calls = "VALUES ('checkout', 'payment'), ('checkout', 'payment'), ('cart', 'redis'), ('cart', 'nowhere')"
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT * FROM ({calls}) t(service, peer)) TO '{path}' (FORMAT parquet)")


class _Files:
    """A session that only leaves the files, and refuses one fault."""

    done: list[RecordingPlan]
    refused: set[str]

    def __init__(self, mix: Mix, seed: int) -> None: ...

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None: ...

    def record_baseline(self, into: Path, seconds: float, tell: Tell) -> None:
        into.mkdir(parents=True)
        _trace(into / "traces.parquet")

    def record(self, plan: RecordingPlan, tell: Tell) -> Taken:
        if plan.fault in self.refused:
            raise PrerequisiteError("no control groups", "")
        self.done.append(plan)
        tell("fault", 0.5)
        plan.into.mkdir(parents=True)
        _trace(plan.into / "traces.parquet")
        (plan.into / "incident.json").write_text(json.dumps({"system": "shop", "baseline": plan.baseline}))
        (plan.into / "changes.json").write_text("[]")
        fault = None if plan.fault == HEALTHY else find_fault(plan.fault)
        (answer_of(fault, 1, 2.0, plan.seed) if fault else healthy_answer(plan.seed)).write(plan.answer)
        return Taken(80.0, 6.0 if fault else None)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> type[_Files]:
    """Replace recording by one that only leaves the files, and refuses one fault."""
    _Files.done = []
    _Files.refused = {REFUSED}
    monkeypatch.setattr(module, "Session", _Files)
    return _Files


def _record(folder: Path, seed: int = 1) -> tuple[dict[str, str], list[str]]:
    notes: list[str] = []
    missing = record_set(SetPlan(folder, seed), lambda what, fraction: None, notes.append)
    return missing, notes


def test_the_evaluation_reads_a_recorded_set(session: type[_Files], tmp_path: Path) -> None:
    _record(tmp_path)
    cases = list(read_cases(tmp_path, ("shop",)))
    truths = read_truths(tmp_path, "shop")
    assert {case.id for case in cases} == set(truths)
    assert len(cases) == len(FAULTS)  # one more for the healthy case, one less for the refused fault


def test_case_names_tell_nothing_and_seeds_shuffle_them(session: type[_Files], tmp_path: Path) -> None:
    _record(tmp_path, 1)
    _record(tmp_path, 2)
    names = {plan.case_id: plan.fault for plan in session.done}
    first = [names.get(f"shop-1-{number:02}") for number in range(1, 20)]
    second = [names.get(f"shop-2-{number:02}") for number in range(1, 20)]
    assert first != second
    assert not any(fault in case_id for case_id, fault in names.items())


def test_cases_of_one_seed_differ_in_theirs_and_share_a_baseline(session: type[_Files], tmp_path: Path) -> None:
    _record(tmp_path)
    assert len({plan.seed for plan in session.done}) == len(session.done)
    assert {plan.baseline for plan in session.done} == {"baseline/shop-1"}
    assert (tmp_path / "shop" / "baseline" / "shop-1" / "traces.parquet").exists()


def test_an_interrupted_set_is_gone_on_with(session: type[_Files], tmp_path: Path) -> None:
    _record(tmp_path)
    before = len(session.done)
    lost = session.done[3]
    lost.answer.unlink()
    for path in lost.into.iterdir():
        path.unlink()
    lost.into.rmdir()
    _record(tmp_path)
    assert [plan.fault for plan in session.done[before:]] == [lost.fault]


def test_what_cannot_be_injected_here_is_named(session: type[_Files], tmp_path: Path) -> None:
    missing, notes = _record(tmp_path)
    assert missing == {REFUSED: "no control groups"}
    assert any(f"{REFUSED} left out: no control groups" in line for line in notes)
    assert [one.fault for one in read_left_out(tmp_path).values()] == [REFUSED]


def test_a_fault_that_can_be_injected_later_is_missing_no_more(session: type[_Files], tmp_path: Path) -> None:
    _record(tmp_path)
    session.refused = set()
    missing, notes = _record(tmp_path)
    assert missing == {}
    assert read_left_out(tmp_path) == {}
    assert [REFUSED in line for line in notes] == [True]


def test_each_case_is_noted_with_its_alarm(session: type[_Files], tmp_path: Path) -> None:
    _, notes = _record(tmp_path)
    assert len(notes) == 1 + len(FAULTS) + 1  # the baseline, every fault, the healthy case
    assert any("payment-slow: alarm after 6 s, took 80 s" in line for line in notes)
    assert any("healthy: no alarm" in line for line in notes)


def test_each_seed_is_another_day(tmp_path: Path) -> None:
    mixes = [SetPlan(tmp_path, seed).mix() for seed in (1, 2, 3)]
    assert len({mix.rate for mix in mixes}) == 3
    assert SetPlan(tmp_path, 1, rate=9.0).mix() == mixes[0].model_copy(update={"rate": 9.0})


def test_the_graph_counts_the_calls_of_the_baseline(session: type[_Files], tmp_path: Path) -> None:
    _record(tmp_path)
    graph = json.loads((tmp_path / "shop" / "graph" / "shop.json").read_text())
    assert graph == {"system": "shop", "edges": [["checkout", "payment", 2], ["cart", "redis", 1]]}
