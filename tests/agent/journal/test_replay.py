"""Replay: the journal alone gives the same report, byte for byte, whatever has happened since."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from agent.investigation import graph, investigate, resume, revise
from agent.investigation.record import replay
from agent.journal import NAME, read_journal
from agent.journal.entries import Answered, Begun, Exchange, Found, Visited
from agent.runs import find_run
from agent.schema import Incident, Observation, Steering
from evals.models import SCRIPTED, open_model, settings_for
from tests.builders import Folder, Log, shop
from tests.tools.redact.canaries import CANARIES, leaks
from tools.config import Settings
from tools.errors import RunError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "shop").spans(*shop(0, 60), *shop(60, 60, {"pay": 80.0})).incident()
    return folder.logs(*(Log("pay", f"charged order {n}", at=n, severity="ERROR") for n in range(0, 120, 2)))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(runs=tmp_path / "runs", owners={"pay": "team-pay"})


def without_the_world(monkeypatch: pytest.MonkeyPatch, folder: Folder) -> None:
    """Delete the telemetry, forbid the network, and set up other things than there were."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a replay asked for the network")

    shutil.rmtree(folder.path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("WHYDOWN_OWNERS", '{"pay": "somebody-else"}')
    monkeypatch.setenv("WHYDOWN_RANKING__HYPOTHESES", "1")


def test_without_telemetry_and_network(folder: Folder, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    report = investigate(Incident(folder=folder.path, symptom="slow"), settings)
    without_the_world(monkeypatch, folder)
    replayed = replay("last", settings.runs)
    assert (replayed.same, replayed.difference) == (True, "")
    assert replayed.report == report
    assert replayed.report.timings["survey"] > 0
    assert {h.owner for h in replayed.report.hypotheses} >= {"team-pay"}


@pytest.mark.parametrize("name", SCRIPTED)
def test_with_every_scripted_model(
    folder: Folder, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    report = investigate(Incident(folder=folder.path), settings_for(name, settings), model=open_model(name, settings))
    without_the_world(monkeypatch, folder)
    replayed = replay("last", settings.runs)
    assert replayed.same, replayed.difference
    assert replayed.report.argument == report.argument
    assert replayed.report.usage == report.usage


def test_secrets_are_neither_in_the_journal_nor_missed_by_the_replay(folder: Folder, settings: Settings) -> None:
    folder.logs(
        *(Log("pay", canary.text, at=70 + n / 2, severity="ERROR") for n, canary in enumerate(CANARIES.values()))
    )
    investigate(Incident(folder=folder.path), settings, model=open_model("honest", settings))
    run = find_run(settings.runs, "last")
    for name in (NAME, "report.json"):
        assert leaks((run.path / name).read_text()) == []
        assert leaks((run.path / name).read_text().replace("\\", "")) == []
    assert "[redacted password]" in (run.path / NAME).read_text()
    assert replay("last", settings.runs).same


def test_after_a_person_has_steered(folder: Folder, settings: Settings) -> None:
    run_id = investigate(Incident(folder=folder.path), settings).run_id
    steering = Steering(observations=(Observation(text="saw it", component="front", speaks="for"),), pinned=("front",))
    report = revise(run_id, steering, settings)
    assert "saw it" in report.model_dump_json()
    assert replay(run_id, settings.runs).same


def test_after_an_interruption(folder: Folder, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(state: object, context: object) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setitem(graph.NODES, "verify", stop)
        with pytest.raises(KeyboardInterrupt):
            investigate(Incident(folder=folder.path), settings)
    with pytest.raises(RunError, match="has not ended"):
        replay("last", settings.runs)
    resume("last", settings)
    assert replay("last", settings.runs).same
    nodes = [e.node for e in read_journal(find_run(settings.runs, "last").path / NAME) if isinstance(e, Visited)]
    assert nodes.count("verify") == 2
    assert nodes.count("survey") == 1


def test_a_finished_run_is_not_recorded_again(folder: Folder, settings: Settings) -> None:
    report = investigate(Incident(folder=folder.path), settings)
    path = find_run(settings.runs, "last").path / NAME
    before = path.read_bytes()
    assert resume("last", settings) == report
    assert path.read_bytes() == before


def test_a_report_that_was_changed_is_told(folder: Folder, settings: Settings) -> None:
    report = investigate(Incident(folder=folder.path), settings)
    find_run(settings.runs, "last").save_report(report.model_copy(update={"symptom": "another"}))
    replayed = replay("last", settings.runs)
    assert (replayed.same, replayed.difference) == (False, "symptom")


def test_the_journal_tells_what_was_read_asked_and_spent(folder: Folder, settings: Settings) -> None:
    priced = settings.model_copy(update={"model": settings.model.model_copy(update={"prompt_price": 1_000.0})})
    report = investigate(Incident(folder=folder.path), priced, model=open_model("honest", settings))
    entries = read_journal(find_run(settings.runs, "last").path / NAME)
    begun = entries[0]
    assert isinstance(begun, Begun)
    assert begun.model == report.usage.model
    assert begun.signals.keys() == {"traces", "logs"}
    asked = [e.method for e in entries if isinstance(e, Answered) and e.who == "box"]
    assert asked.count("call") == len(report.argument.asked if report.argument else ())
    found = [item.id for e in entries if isinstance(e, Found) for item in e.evidence]
    assert found == [item.id for item in report.evidence][-len(found) :]
    done = [e for e in entries if isinstance(e, Exchange) and e.answer]
    assert len(done) == report.usage.calls
    assert report.usage.cost > 0
    assert sum(e.cost for e in done) == pytest.approx(report.usage.cost)
    assert done[0].messages[0].role == "system"


def test_a_question_that_was_not_recorded_is_refused(folder: Folder, settings: Settings) -> None:
    investigate(Incident(folder=folder.path), settings)
    path = find_run(settings.runs, "last").path / NAME
    kept = [line for line in path.read_text().splitlines() if '"topology"' not in line]
    path.write_text("\n".join(kept) + "\n")
    with pytest.raises(RunError, match=r"holds no answer to traces\.topology in"):
        replay("last", settings.runs)


def test_a_line_that_a_crash_cut_off_is_left_out_and_a_broken_one_is_named(folder: Folder, settings: Settings) -> None:
    investigate(Incident(folder=folder.path), settings)
    path = find_run(settings.runs, "last").path / NAME
    whole = read_journal(path)
    path.write_bytes(path.read_bytes() + b'{"kind": "vis')
    assert read_journal(path) == whole
    path.write_bytes(b"nonsense\n" + path.read_bytes())
    with pytest.raises(RunError, match=r"line 1 of .* is broken"):
        read_journal(path)


def test_a_run_of_an_older_version_has_no_journal(folder: Folder, settings: Settings) -> None:
    investigate(Incident(folder=folder.path), settings)
    (find_run(settings.runs, "last").path / NAME).unlink()
    with pytest.raises(RunError, match="has no journal"):
        replay("last", settings.runs)
