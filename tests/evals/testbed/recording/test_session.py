"""A system that stays up between recordings, with the system itself replaced."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.load.mix import Mix
from evals.testbed.recording import session as module
from evals.testbed.recording.plan import Course, RecordingPlan
from evals.testbed.recording.session import Session
from tools.errors import FolderError, PrerequisiteError
from tools.faults import FaultKind


class _World:
    """What happens to systems: how many were started, which are up, whether they are well, and can be healed."""

    def __init__(self) -> None:
        self.started = 0
        self.up: list[int] = []
        self.well = [True] * 20
        self.log: list[str] = []
        self.broken = False
        self.refuses = False


class _System:
    def __init__(self, world: _World, number: int) -> None:
        self.world, self.number = world, number
        self.plan = self
        self.folder = Path("run")

    def set_mix(self, mix: Mix) -> None:
        self.world.log.append(f"mix {mix.rate:g}")

    def start_load(self, seed: int) -> None:
        self.world.log.append(f"load {seed}")


class _Harm:
    def __init__(self, world: _World) -> None:
        self.world = world

    def apply(self, testbed: Any, severity: float) -> None:
        if self.world.refuses:
            raise PrerequisiteError("no control groups", "")
        self.world.log.append(f"harm {testbed.number}")

    def undo(self, testbed: Any) -> None:
        if self.world.broken:
            raise FolderError("the demo system does not answer", "")
        self.world.log.append(f"heal {testbed.number}")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> _World:
    world = _World()

    @contextlib.contextmanager
    def running(telemetry: str) -> Iterator[_System]:
        world.started += 1
        world.up.append(world.started)
        yield _System(world, world.started)
        world.up.remove(world.started)

    def take(plan: RecordingPlan, fault: Fault | None, testbed: Any, tell: object) -> Course:
        if fault:
            fault.inject(testbed)
        return Course(100.0, 120.0, 170.0)

    fault = Fault("f", "c", FaultKind.SLOW_CODE, "cart", "", ("cart",), Knob(1, "x"), (_Harm(world),))
    monkeypatch.setattr(RecordingPlan, "find_fault", lambda self: fault if self.fault == "f" else None)
    monkeypatch.setattr(module, "running", running)
    monkeypatch.setattr(module, "take", take)
    monkeypatch.setattr(module, "wait_until_well", lambda system, usual, since: world.well.pop(0))
    monkeypatch.setattr(module, "read_journal", lambda folder: [])
    monkeypatch.setattr(module, "write_recording", lambda plan, course, collected: world.log.append("write"))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    return world


def _plan(fault: str = "f") -> RecordingPlan:
    return RecordingPlan(fault, Path("into"), Path("answer"))


def _tell(what: str, fraction: float) -> None: ...


def test_one_system_serves_all_recordings_and_goes_down_in_the_end(world: _World) -> None:
    with Session(Mix(rate=7), 3) as session:
        for fault in ("f", "healthy", "f"):
            session.record(_plan(fault), _tell)
        assert world.up == [1]
    assert (world.started, world.up) == (1, [])
    assert world.log == ["mix 7", "load 3", "harm 1", "heal 1", "write", "write", "harm 1", "heal 1", "write"]


def test_a_system_that_stays_ill_is_replaced_before_the_next_recording(world: _World) -> None:
    with Session(Mix(), 1) as session:
        session.record(_plan(), _tell)
        world.well[0] = False
        session.record(_plan(), _tell)
        assert world.up == [2]
    assert [line for line in world.log if line.startswith("harm")] == ["harm 1", "harm 2"]


def test_a_system_that_cannot_be_healed_is_not_used_again_but_its_recording_is_kept(world: _World) -> None:
    with Session(Mix(), 1) as session:
        world.broken = True
        session.record(_plan(), _tell)
        assert world.log[-1] == "write"
        assert world.up == []


def test_a_refused_fault_takes_its_system_with_it(world: _World) -> None:
    world.refuses = True
    with Session(Mix(), 1) as session:
        with pytest.raises(PrerequisiteError, match="no control groups"):
            session.record(_plan(), _tell)
        assert world.up == []
        session.record(_plan("healthy"), _tell)
        assert world.up == [2]


def test_a_fresh_system_that_serves_badly_is_an_error(world: _World) -> None:
    world.well[0] = False
    with Session(Mix(), 1) as session, pytest.raises(PrerequisiteError, match="does not serve its customers"):
        session.record(_plan(), _tell)
    assert world.up == []


def test_a_recording_without_an_alarm_says_so(world: _World) -> None:
    with Session(Mix(), 1) as session:
        assert session.record(_plan("healthy"), _tell).alarm_seconds is None
