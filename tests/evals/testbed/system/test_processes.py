"""Children of the keeper: real forks that end with it, come back, and leave their output."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evals.testbed.system import processes as module
from evals.testbed.system.processes import Processes


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    monkeypatch.setattr(module, "RESTART_SECONDS", 0.05)
    monkeypatch.setattr(module, "GRACE_SECONDS", 0.5)
    started = Processes(tmp_path)
    yield started
    started.stop_all()


def until(wanted: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if wanted():
            return True
        time.sleep(0.01)
    return False


def sleeps() -> None:
    time.sleep(60)


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_runs_until_it_is_stopped(children: Processes) -> None:
    pid = children.start("sleeper", sleeps, supervised=True)
    assert runs(pid)
    assert children.status() == {"sleeper": {"pid": pid, "restarts": 0}}
    children.stop("sleeper")
    assert not runs(pid)
    assert children.status() == {}


def test_what_it_prints_and_why_it_failed_is_in_its_log(
    children: Processes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        print("hello")
        raise RuntimeError("no cheese left")

    with capfd.disabled():
        children.start("failing", fails, supervised=False)
    log = tmp_path / "failing.log"
    assert until(lambda: log.exists() and "no cheese left" in log.read_text())
    assert "hello" in log.read_text()


def test_a_supervised_child_comes_back_with_another_pid(children: Processes) -> None:
    pid = children.start("sleeper", sleeps, supervised=True)
    children.send("sleeper", signal.SIGKILL)

    def back() -> bool:
        children.supervise()
        return children.status()["sleeper"]["restarts"] == 1

    assert until(back)
    again = children.status()["sleeper"]["pid"]
    assert again not in {0, pid}
    assert runs(again)


def test_while_it_is_down_it_has_no_pid(children: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART_SECONDS", 60.0)
    children.start("sleeper", sleeps, supervised=True)
    children.send("sleeper", signal.SIGKILL)

    def down() -> bool:
        children.supervise()
        return children.status()["sleeper"]["pid"] == 0

    assert until(down)


def test_an_unsupervised_child_that_ends_is_forgotten(children: Processes) -> None:
    children.start("job", lambda: None, supervised=False)

    def gone() -> bool:
        children.supervise()
        return children.status() == {}

    assert until(gone)


def test_one_that_will_not_end_is_ended_by_force_after_the_grace(children: Processes) -> None:
    def deaf() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)

    pid = children.start("deaf", deaf, supervised=True)
    time.sleep(0.3)
    begun = time.monotonic()
    children.stop("deaf", grace=0.2)
    assert not runs(pid)
    assert time.monotonic() - begun < 3.0


def test_a_frozen_child_can_be_stopped(children: Processes) -> None:
    pid = children.start("sleeper", sleeps, supervised=True)
    children.send("sleeper", signal.SIGSTOP)
    children.stop("sleeper")
    assert not runs(pid)


def test_a_name_is_taken_over_and_never_doubled(children: Processes) -> None:
    first = children.start("sleeper", sleeps, supervised=True)
    second = children.start("sleeper", sleeps, supervised=True)
    assert not runs(first)
    assert children.status() == {"sleeper": {"pid": second, "restarts": 0}}


def test_all_are_stopped_but_the_one_that_is_needed_last(children: Processes) -> None:
    pids = {name: children.start(name, sleeps, supervised=True) for name in ("collector", "a", "b")}
    children.stop_all(except_for="collector")
    assert [name for name, pid in pids.items() if runs(pid)] == ["collector"]
    assert list(children.status()) == ["collector"]


def test_orders_to_nobody_are_ignored(children: Processes) -> None:
    children.stop("nobody")
    children.send("nobody", signal.SIGKILL)
    assert children.status() == {}
