"""Confirming a run writes one postmortem, links it, and counts what memory was worth."""

import datetime as dt
import multiprocessing
from contextlib import suppress
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from agent.learning.capture import capture
from agent.learning.draft import Verdict, draft_postmortem
from agent.learning.person import person
from knowledge.postmortem import PostmortemFolder, Status
from tests.agent.learning.builders import memory, report
from tests.knowledge.builders import write_shop
from tools.errors import InputError, KnowledgeError
from tools.faults import FaultKind

NOW = dt.datetime(2026, 3, 22, tzinfo=dt.UTC)
RIGHT = Verdict(hypothesis=1, resolution="Raised the pool.")


@pytest.fixture
def folder(tmp_path: Path) -> PostmortemFolder:
    return write_shop(tmp_path / "kb")


def test_postmortem_is_drafted_from_the_confirmed_hypothesis() -> None:
    draft = draft_postmortem(report(), Verdict(1, resolution="Raised the pool.", validation="Quiet for a day."))
    assert draft.title == "seats: pool exhausted"
    assert draft.date == dt.date(2026, 3, 21)
    assert draft.services == ("seats", "booking")
    assert draft.dependencies == ("postgres",)
    assert draft.fault_kind is FaultKind.POOL_EXHAUSTED
    assert draft.owner == "team-seats"
    assert draft.symptoms.startswith("bookings time out\n\n- seats takes 900 ms")
    assert "mailer" not in draft.symptoms
    assert draft.root_cause == "seats waits for connections\n\n- seats: waits\n- booking: is slow"
    assert (draft.resolution, draft.validation) == ("Raised the pool.", "Quiet for a day.")
    assert draft.provenance.run == "run-1"
    assert len(draft.provenance.evidence) == 2


def test_person_may_know_better_than_every_hypothesis() -> None:
    verdict = Verdict(None, "A certificate had expired.", "Renewed it.", "", "gate", FaultKind.CREDENTIAL_EXPIRED)
    draft = draft_postmortem(report(), verdict)
    assert draft.title == "gate: credential expired"
    assert draft.services == ("gate",)
    assert draft.root_cause == "A certificate had expired."


@pytest.mark.parametrize(
    ("verdict", "missing"),
    [
        (Verdict(None, resolution="x"), "--hypothesis N or --cause"),
        (Verdict(1), "--resolution"),
        (Verdict(7, resolution="x"), "there are: 1, 2"),
    ],
)
def test_what_is_missing_is_asked_for(verdict: Verdict, missing: str) -> None:
    with pytest.raises(InputError, match=missing):
        draft_postmortem(report(), verdict)


def test_confirmed_run_becomes_a_confirmed_postmortem(folder: PostmortemFolder) -> None:
    captured = capture(folder, report(), RIGHT, "ana", NOW)
    written = folder.get(captured.stored.postmortem.id).postmortem
    assert written.id == "PM-4"
    assert written.status is Status.CONFIRMED
    assert (written.provenance.confirmed_by, written.provenance.confirmed_at) == ("ana", NOW)


def test_recurrence_is_linked_to_the_earlier_one(folder: PostmortemFolder) -> None:
    assert capture(folder, report(), RIGHT, "ana", NOW).recurs_from == ("PM-1",)
    assert capture(folder, report(run_id="run-2"), RIGHT, "ana", NOW).recurs_from == ("PM-4", "PM-1")


def test_another_fault_of_the_same_service_is_no_recurrence(folder: PostmortemFolder) -> None:
    verdict = Verdict(1, resolution="Restarted.", fault_kind=FaultKind.RESTART)
    assert capture(folder, report(), verdict, "ana", NOW).recurs_from == ()


def test_memories_are_judged_by_what_was_confirmed(folder: PostmortemFolder) -> None:
    recalled = (memory("PM-1"), memory("PM-2", FaultKind.QUEUE_BACKLOG), memory("PM-77"))
    captured = capture(folder, report(*recalled), RIGHT, "ana", NOW)
    assert (captured.useful, captured.useless) == (("PM-1",), ("PM-2",))
    assert folder.get("PM-1").postmortem.useful_in == ("run-1",)
    assert folder.get("PM-2").postmortem.useless_in == ("run-1",)
    assert folder.get("PM-2").postmortem.usefulness == 0


def test_run_is_confirmed_once(folder: PostmortemFolder) -> None:
    capture(folder, report(memory("PM-1")), RIGHT, "ana", NOW)
    with pytest.raises(KnowledgeError, match="is confirmed as PM-4"):
        capture(folder, report(memory("PM-1")), RIGHT, "ana", NOW)
    assert folder.get("PM-1").postmortem.useful_in == ("run-1",)


def test_nothing_is_written_for_a_refused_verdict(folder: PostmortemFolder) -> None:
    before = sorted(path.name for path in folder.files())
    with pytest.raises(InputError):
        capture(folder, report(), Verdict(None), "ana", NOW)
    assert sorted(path.name for path in folder.files()) == before


def test_nobody_is_not_a_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert person(" ana ") == "ana"
    with pytest.raises(InputError, match="--by NAME"):
        person("")


def _capture_when_told(path: Path, start: Barrier, name: str) -> None:
    start.wait()
    with suppress(KnowledgeError):
        capture(PostmortemFolder(path), report(), RIGHT, name, NOW)


def test_a_run_confirmed_by_many_at_once_is_written_once(folder: PostmortemFolder) -> None:
    before = len(folder.read_all().stored)
    context = multiprocessing.get_context("fork")
    start = context.Barrier(4)
    workers = [context.Process(target=_capture_when_told, args=(folder.path, start, f"p{n}")) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(folder.read_all().stored) == before + 1
