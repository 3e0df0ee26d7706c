"""One take: what happens in which order, and what the course says."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.recording.plan import RecordingPlan
from evals.testbed.recording.stretches import Stretches
from evals.testbed.recording.take import OFFSET_SECONDS, take
from evals.testbed.system.testbed import DemoSystem
from tools.errors import PrerequisiteError
from tools.faults import FaultKind
from tools.store.changes import Change


class _System:
    """Keeps the settings that are rolled out, and the changes that are noted."""

    def __init__(self) -> None:
        self.noted: list[dict[str, Any]] = []
        self.settings: dict[str, object] = {}
        self.harmed_at: list[float] = []

    def configure(self, service: str, **values: object) -> int:
        self.settings.update({f"{service}.{name}": value for name, value in values.items()})
        return len(self.noted) + 2

    def note_change(self, change: Change) -> None:
        self.noted.append(change.model_dump())

    def changes(self) -> list[dict[str, Any]]:
        return self.noted


class _Harm:
    def __init__(self, refuses: bool = False) -> None:
        self.refuses = refuses

    def apply(self, testbed: Any, severity: float) -> None:
        if self.refuses:
            raise PrerequisiteError("no control groups", "")
        testbed.harmed_at.append(time.time())

    def undo(self, testbed: Any) -> None: ...


def _fault(refuses: bool = False) -> Fault:
    return Fault("f", "c", FaultKind.SLOW_CODE, "cart", "", ("cart",), Knob(1, "x"), (_Harm(refuses),))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let time pass only where it is waited for."""
    now = [1_000.0]

    def sleep(seconds: float) -> None:
        now[0] += max(seconds, 0.001)

    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", sleep)
    return now


def _take(system: _System, fault: Fault | None, seed: int = 1) -> Any:
    plan = RecordingPlan("f", cast(Any, None), cast(Any, None), seed=seed, normal_seconds=20, fault_seconds=50)
    return take(plan, fault, cast(DemoSystem, system), lambda what, fraction: None)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("seed", range(5))
def test_the_fault_comes_a_little_later_than_planned_and_lasts(seed: int) -> None:
    system = _System()
    course = _take(system, _fault(), seed)
    assert 20 + OFFSET_SECONDS[0] <= course.onset - course.begin <= 20 + OFFSET_SECONDS[1] + 0.5
    assert course.end - course.onset == pytest.approx(50, abs=0.5)
    assert system.harmed_at == [course.onset]


@pytest.mark.usefixtures("clock")
def test_seeds_differ_in_the_moment() -> None:
    moments = {round(_take(_System(), _fault(), seed).onset, 2) for seed in range(6)}
    assert len(moments) == 6


@pytest.mark.usefixtures("clock")
def test_routine_changes_are_rolled_out_and_taken_back() -> None:
    system = _System()
    _take(system, None)
    assert system.settings
    assert set(system.settings.values()) == {None}
    assert len(system.noted) in {2, 4}  # one or two changes, each with its way back


@pytest.mark.usefixtures("clock")
def test_a_refused_fault_ends_the_take() -> None:
    with pytest.raises(PrerequisiteError):
        _take(_System(), _fault(refuses=True))


@pytest.mark.usefixtures("clock")
def test_progress_runs_to_the_end() -> None:
    told: list[tuple[str, float]] = []
    stretches = Stretches(10, lambda what, fraction: told.append((what, fraction)))
    stretches.pass_by(4, "normal")
    stretches.pass_by(6, "fault")
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert {what for what, _ in told} == {"normal", "fault"}
    assert 0.9 < fractions[-1] <= 1.0
