"""Everything that leaves the machine: at each exit, every canary goes in and none comes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from agent.ci.comment import RunLink, to_comment
from agent.ci.github.record import Word, record
from agent.ci.replies.answer import why_text
from agent.ci.replies.command import Command, Verb
from agent.ci.replies.feedback import Reactions
from agent.journal import JournalFile, Recorder
from agent.model import ChatRequest, Message, ToolCall
from agent.model.endpoint import EndpointModel
from agent.render import finding_view, open_console, print_view, report_view, to_json, to_markdown, verdict_line
from agent.runs import create_run
from agent.schema import ChainLink, Hypothesis, Incident, Similar, SourceStatus
from knowledge.curation.export import export_lines
from knowledge.embedding.endpoint import EndpointEmbedder
from knowledge.index.chunks import chunks_of
from knowledge.index.dense import open_dense
from knowledge.postmortem import Listing, Postmortem, PostmortemFolder
from knowledge.postmortem.folder import Stored
from tests.agent.ci.github.fake_contents import FakeContents
from tests.agent.render.sample import report
from tests.knowledge.builders import WordEmbedder
from tests.knowledge.embedding.test_endpoint import backwards, server
from tests.tools.redact.canaries import CANARIES, leaks
from tools.config import CiSettings, KnowledgeSettings, ModelSettings, Settings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject
from tools.faults import FaultKind
from tools.sources import Telemetry
from tools.sources.rows import LogRow

TEXTS = [canary.text for canary in CANARIES.values()]


def finding(number: int, text: str) -> Evidence:
    return Evidence(
        id=f"E{number}",
        kind=EvidenceKind.CI_LINES if number % 2 else EvidenceKind.CI_CHANGE,
        subject=Subject(kind="service", service=text, operation=text, name=text),
        statement=text,
        query=f"whydown show shop logs --search '{text}'",
        samples=(Sample(kind="log", ref=text, text=text),),
    )


def hypothesis(rank: int, text: str) -> Hypothesis:
    return Hypothesis(
        rank=rank,
        component=text,
        operation=text,
        fault_kind=FaultKind.SLOW_CODE,
        cause=text,
        chain=(ChainLink(component=text, effect=text, reason=text),),
        confidence=0.5,
        supports=tuple(f"E{number}" for number in range(1, len(TEXTS) + 1)),
        missing=(text,),
        next_check=text,
        owner=text,
        remediation=(text,),
    )


LEAKY = report().model_copy(
    update={
        "symptom": TEXTS[0],
        "summary": TEXTS[1],
        "hypotheses": tuple(hypothesis(rank, text) for rank, text in enumerate(TEXTS, 1)),
        "evidence": tuple(finding(number, text) for number, text in enumerate(TEXTS, 1)),
        "sources": tuple(SourceStatus(signal="logs", available=True, notes=(text,)) for text in TEXTS),
        "similar": tuple(
            Similar(id=f"PM-{n}", title=text, status="confirmed", strength=0.5, services=(text,), resolution=text)
            for n, text in enumerate(TEXTS)
        ),
    }
)
POSTMORTEMS = [
    Postmortem(id=f"PM-{number}", title=text, symptoms=text, root_cause=text, resolution=text, notes=text, owner=text)
    for number, text in enumerate(TEXTS)
]


def test_the_report_at_hand_holds_every_canary() -> None:
    assert len(leaks(LEAKY.model_dump_json())) >= len(CANARIES) - 3  # some hold quotes, which JSON escapes


@pytest.mark.parametrize(
    "written",
    [
        to_markdown(LEAKY, every=True),
        to_json(LEAKY),
        to_comment(LEAKY, RunLink()),
        why_text(LEAKY, 1),
        *map(to_json, LEAKY.evidence),
    ],
)
def test_reports_as_text(written: str) -> None:
    assert "[redacted" in written.replace("\\[", "[")
    assert leaks(written) == []
    assert leaks(written.replace("\\", "")) == []


@pytest.mark.parametrize("verb", [Verb.CONFIRM, Verb.WRONG])
def test_pull_request_on_the_knowledge_base(verb: Verb) -> None:
    held = FakeContents()
    for number, text in enumerate(TEXTS):
        named = LEAKY.model_copy(update={"run_id": f"ci-{number}"})
        word = Word(
            named, Command(verb, 1, text), "ada", LEAKY.windows.incident[0], "octo/shop", 5, number, Reactions()
        )
        assert record(held.contents(), word, CiSettings())[0] == "opened"
    written = json.dumps([held.branches, held.pulls])
    assert "redacted" in written
    assert leaks(written.replace("\\", "")) == []


def test_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console = open_console()
    print_view(console, verdict_line(LEAKY))
    print_view(console, report_view(LEAKY, 200, every=True))
    for item in LEAKY.evidence:
        print_view(console, finding_view(LEAKY, item, 200))
    assert leaks(capsys.readouterr().out.replace("\n", "")) == []


def test_run_folder(tmp_path: Path) -> None:
    run = create_run(tmp_path, Incident(folder=tmp_path))
    run.save_report(LEAKY)
    assert leaks((run.path / "report.json").read_text()) == []
    assert leaks(run.report().model_dump_json()) == []


def test_language_model(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def refuse(self: httpx2.Client, request: httpx2.Request, **kwargs: Any) -> httpx2.Response:
        sent.append(request.read().decode())
        answer = {"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}]}
        return httpx2.Response(200, json=answer, request=request)

    monkeypatch.setattr(httpx2.Client, "send", refuse)
    model = EndpointModel(ModelSettings(model="m", url="http://127.0.0.1:9/v1"))
    calls = tuple(ToolCall(id="1", name="search", arguments=json.dumps({"text": text})) for text in TEXTS)
    turns = [Message(role="user", content=text) for text in TEXTS]
    model.complete(ChatRequest([*turns, Message(role="assistant", content="", tool_calls=calls)], 5, 5))
    assert sent
    assert leaks("".join(sent)) == []
    assert leaks("".join(sent).replace("\\", "")) == []


def test_journal(tmp_path: Path) -> None:
    """What sources and tools answer, what is found and what a model is asked: see also tests/agent/journal."""
    path = tmp_path / "journal.jsonl"
    recorder = Recorder(JournalFile(path))
    recorder.begin(Settings(owners={text: text for text in TEXTS}), Telemetry(), "", 0, {"symptom": TEXTS[0]})
    rows = [LogRow(1, "pay", "", "ERROR", text, "", "") for text in TEXTS]
    told = recorder.answer("logs", "search", (TEXTS[0],), lambda: rows)
    evidence = [item.model_dump_json() for item in LEAKY.evidence]
    update = recorder.node("survey", {}, lambda: {"evidence": evidence, "symptom": TEXTS[0]})
    recorder.node("gather", {}, lambda: {"evidence": evidence})
    recorder.end(LEAKY)
    assert "[redacted password]" in path.read_text()
    assert leaks(path.read_text().replace("\\", "")) == []
    assert leaks(repr(told) + repr(update)) == []
    assert len(told) == len(rows)


def test_embeddings() -> None:
    with server(backwards) as (url, asked):
        EndpointEmbedder(url, "m", "key").embed(TEXTS)
    assert asked
    assert leaks(json.dumps([body["input"] for body in asked])) == []


def test_knowledge_files_and_their_names(tmp_path: Path) -> None:
    folder = PostmortemFolder(tmp_path)
    for postmortem in POSTMORTEMS:
        path = folder.write(postmortem)
        assert leaks(path.name.casefold() + path.read_text()) == []
    assert len(folder.read_all().stored) == len(TEXTS)


def test_who_vouches_is_kept_even_as_an_address(tmp_path: Path) -> None:
    vouched = POSTMORTEMS[0].provenance.model_copy(update={"confirmed_by": "jane@example.org"})
    path = PostmortemFolder(tmp_path).write(POSTMORTEMS[0].model_copy(update={"provenance": vouched}))
    assert "confirmed_by: jane@example.org" in path.read_text()


def test_knowledge_export(tmp_path: Path) -> None:
    listing = Listing({item.id: Stored(item, tmp_path) for item in POSTMORTEMS})
    assert export_lines(listing, tmp_path / "all.jsonl") == len(TEXTS)
    assert leaks((tmp_path / "all.jsonl").read_text()) == []


def test_vector_index(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    chunks = [chunk for postmortem in POSTMORTEMS[:5] for chunk in chunks_of(postmortem)]
    with open_dense(tmp_path, KnowledgeSettings(), embedder) as dense:
        dense.sync(chunks, lambda done, of: None)
    assert leaks(" ".join(embedder.embedded)) == []
