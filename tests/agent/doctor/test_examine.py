"""The doctor: what works, what is off, what fails, each with a remedy, and an exit code for scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.doctor import Finding, examine, machine
from tests.agent.cli.command_line import Whydown, runner
from tests.agent.model.endpoint.scripted import Reply, refused, said, scripted
from tests.builders import Folder, shop
from tests.knowledge.builders import WordEmbedder, write_shop
from tests.tools.redact.canaries import leaks
from tools.config import Settings

ABLE = (said("ready"), said("", ("echo", {"word": "ready"})), said('{"word": "ready"}'))


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def whydown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Whydown:
    return runner(monkeypatch, capsys)


def look(place: Path | None = None, **settings: object) -> dict[str, Finding]:
    diagnosis = examine(place, Settings.model_validate(settings))
    assert diagnosis.ok == all(finding.status != "failed" for finding in diagnosis.findings)
    return {finding.name: finding for finding in diagnosis.findings}


def test_with_nothing_set_up_nothing_fails(tmp_path: Path) -> None:
    found = look()
    assert {found[name].status for name in ("language model", "knowledge base", "telemetry")} == {"off"}
    assert found["runs"].status == "ok"
    assert all(finding.remedy for finding in found.values() if finding.status == "off")


def test_an_able_model(tmp_path: Path) -> None:
    with scripted(*ABLE) as (url, asked):
        found = look(model={"url": url, "model": "scripted", "key": "k-1"})
    assert found["language model"].status == found["tool calls"].status == found["JSON schema"].status == "ok"
    assert "own means" in found["tool calls"].detail
    assert len(asked) == 3


def test_a_weak_model_works_too_and_it_is_said_how(tmp_path: Path) -> None:
    with scripted(said("ready")) as (url, _):
        found = look(model={"url": url, "model": "scripted"})
    assert found["tool calls"].status == "ok"
    assert "plain JSON" in found["tool calls"].detail
    assert "plain JSON" in found["JSON schema"].detail


@pytest.mark.parametrize(
    ("reply", "words", "remedy"),
    [
        (refused("bad key", 401), "refuses the key", "WHYDOWN_MODEL__KEY"),
        (refused("no such model", 404), "does not know the model", "no such model"),
        (Reply("<html></html>"), "nonsense", "/v1"),
    ],
)
def test_a_model_that_does_not_work(reply: Reply, words: str, remedy: str) -> None:
    with scripted(reply) as (url, _):
        found = look(model={"url": url, "model": "scripted"})
    assert found["language model"].status == "failed"
    assert words in found["language model"].detail
    assert remedy in found["language model"].remedy
    assert "tool calls" not in found


def test_what_was_remembered_of_a_model_is_found_out_anew(tmp_path: Path) -> None:
    with scripted(said("ready")) as (url, _):
        look(model={"url": url, "model": "scripted"})
    with scripted(*ABLE) as (other, _):
        memory = Path(".whydown/abilities.json")
        memory.write_text(memory.read_text().replace(url, other))
        assert "own means" in look(model={"url": other, "model": "scripted"})["tool calls"].detail


def test_a_folder_of_telemetry(tmp_path: Path) -> None:
    Folder(tmp_path / "shop").spans(*shop(0, 60)).incident()
    found = look(tmp_path / "shop")
    assert found["traces"].status == "ok"
    assert "services" in found["traces"].detail
    assert found["logs"].status == "off"
    assert look(tmp_path / "nowhere")["telemetry"].status == "failed"


def test_a_source_of_alerts_alone_is_tried_too(tmp_path: Path) -> None:
    file = Path("whydown.toml")
    file.write_text('[[sources.alerts]]\nkind = "alertmanager"\nurl = "http://127.0.0.1:1"\ntries = 1\n')
    found = look(file)["alerts"]
    assert found.status == "failed"
    assert found.detail == "alertmanager 127.0.0.1:1: cannot be reached"


def test_a_live_source_that_does_not_answer(tmp_path: Path) -> None:
    backend = '[[sources.metrics]]\nkind = "prometheus"\nurl = "http://127.0.0.1:9"\ntries = 1\n'
    Path("whydown.toml").write_text(backend)
    found = {finding.name: finding for finding in examine(None, Settings()).findings}
    assert found["metrics"].status == "failed"
    assert "cannot be reached" in found["metrics"].detail


def test_a_knowledge_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.embedding.choose_embedder", lambda settings: WordEmbedder())
    folder = write_shop(tmp_path / "kb")
    count = len(folder.read_all().stored)
    finding = look(knowledge={"folder": tmp_path / "kb"})["knowledge base"]
    assert (finding.status, finding.detail.split()[0]) == ("ok", str(count))
    (tmp_path / "kb" / "PM-99.md").write_text("---\nid: [\n---\n")
    assert look(knowledge={"folder": tmp_path / "kb"})["knowledge base"].status == "failed"
    assert look(knowledge={"folder": tmp_path / "none"})["knowledge base"].status == "failed"


def test_files_that_are_set_up_but_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = look(codeowners=tmp_path / "CODEOWNERS", repository=tmp_path, runs=tmp_path / "file" / "runs")
    assert [found[name].status for name in ("owners", "repository", "runs")] == ["failed"] * 3
    assert found["runs"].remedy == "set WHYDOWN_RUNS to a folder you own"


def test_programs_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(machine, "_ELSEWHERE", "/nowhere")
    found = look()
    assert {found[name].status for name in machine.PROGRAMS} == {"off"}


def test_secrets_are_not_told(tmp_path: Path) -> None:
    with scripted(refused("password=CaNaRy7", 400)) as (url, _):
        diagnosis = examine(None, Settings.model_validate({"model": {"url": url, "model": "m"}}))
    assert leaks(diagnosis.model_dump_json()) == []


def test_the_exit_code_tells_scripts(whydown: Whydown, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = whydown("doctor")
    assert ended.code == 0
    assert ended.out.rstrip().endswith("all that is set up works")
    assert all(len(line) <= 80 for line in ended.out.splitlines())
    with scripted(refused("bad key", 401)) as (url, _):
        monkeypatch.setenv("WHYDOWN_MODEL__URL", url)
        monkeypatch.setenv("WHYDOWN_MODEL__MODEL", "scripted")
        shown, as_json = whydown("doctor"), whydown("doctor", "--json")
    assert shown.code == as_json.code == 3
    assert "1 of what is set up does not work" in shown.out
    told = json.loads(as_json.out)
    assert told["ok"] is False
    assert [f["name"] for f in told["findings"] if f["status"] == "failed"] == ["language model"]
