from __future__ import annotations

from pathlib import Path

import pytest

from agent.ci.webhook.queue import TRIES, Accepted, Queue, Task
from tools.errors import RunError

REPO = "octo/shop"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "queue.sqlite"


def test_runs_are_taken_in_the_order_of_their_arrival(path: Path) -> None:
    queue = Queue(path)
    assert [queue.put(f"d{n}", REPO, n, 1) for n in (3, 1, 2)] == [Accepted.QUEUED] * 3
    taken = [queue.take() for _ in range(4)]
    assert [task.run if task else None for task in taken] == [3, 1, 2, None]


@pytest.mark.parametrize(("delivery", "run", "attempt"), [("d1", 9, 1), ("other", 1, 1)])
def test_a_delivery_or_run_is_taken_once(path: Path, delivery: str, run: int, attempt: int) -> None:
    queue = Queue(path)
    queue.put("d1", REPO, 1, 1)
    task = queue.take()
    assert task is not None
    queue.done(task)
    assert queue.put(delivery, REPO, run, attempt) is Accepted.REPEATED
    assert queue.put("new", REPO, 1, 2) is Accepted.QUEUED


def test_a_full_queue_refuses(path: Path) -> None:
    queue = Queue(path, limit=2)
    assert [queue.put(f"d{n}", REPO, n, 1) for n in range(3)] == [Accepted.QUEUED, Accepted.QUEUED, Accepted.FULL]
    task = queue.take()
    assert task is not None
    queue.done(task)
    assert queue.put("d9", REPO, 9, 1) is Accepted.QUEUED


def test_what_waits_or_was_begun_survives_a_restart(path: Path) -> None:
    queue = Queue(path)
    queue.put("d1", REPO, 1, 1)
    queue.put("d2", REPO, 2, 1)
    queue.take()
    queue.close()
    again = Queue(path)
    assert again.counts() == {"waiting": 2}
    assert {task.run for _ in range(2) if (task := again.take())} == {1, 2}


def test_passing_trouble_is_tried_again_and_then_given_up(path: Path) -> None:
    queue = Queue(path)
    queue.put("d1", REPO, 1, 1)
    for _ in range(TRIES):
        task = queue.take()
        assert task == Task("d1", REPO, 1)
        queue.failed(task, "GitHub cannot be reached", again=True)
    assert queue.take() is None
    assert queue.counts() == {"failed": 1}


def test_lasting_trouble_is_not_tried_again_until_it_is_sent_again(path: Path) -> None:
    queue = Queue(path)
    queue.put("d1", REPO, 1, 1)
    task = queue.take()
    assert task is not None
    queue.failed(task, "no permission", again=False)
    assert queue.take() is None
    assert queue.put("d2", REPO, 1, 1) is Accepted.QUEUED
    assert queue.take() == task


def test_a_file_that_is_no_queue_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "queue.sqlite"
    file.write_bytes(b"something else entirely" * 100)
    with pytest.raises(RunError, match="cannot open the queue"):
        Queue(file)
