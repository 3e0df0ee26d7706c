"""An investigation with a model: what joins the report, what moves, and that nothing changes without one."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from agent.investigation import investigate, resume
from agent.model import Completion
from agent.render import to_markdown
from agent.schema import Incident, Report
from tests.agent.argument.script import Script, asking, saying
from tests.builders import T0, Folder, Log, shop
from tests.tools.repository.builder import SourceTree
from tools.config import Settings
from tools.errors import ModelError, ModelUnreachableError
from tools.faults import FaultKind

FOUND = {"service": "pay", "predicate": "self_time", "direction": "rose", "evidence": ["E1"]}


def answering(*claims: Mapping[str, object], hypotheses: Sequence[object] = (), said: str = "") -> Completion:
    return saying(json.dumps({"claims": claims, "hypotheses": hypotheses, "explanation": said}))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "shop").spans(*shop(0, 60), *shop(60, 60, {"pay": 80.0})).incident()
    return folder.logs(*(Log("pay", f"charged order {n}", at=n) for n in range(0, 120, 2)))


def run(folder: Folder, tmp_path: Path, model: Script | None = None, **settings: object) -> Report:
    configured = Settings.model_validate({"runs": tmp_path / "runs", **settings})
    return investigate(Incident(folder=folder.path), configured, model=model)


def core(report: Report) -> object:
    """Return what a model must not touch unless it is right."""
    return report.verdict, report.summary, [h.model_dump(exclude={"next_check"}) for h in report.hypotheses]


def test_claims_are_checked_and_queries_join_the_evidence(folder: Folder, tmp_path: Path) -> None:
    plain = run(folder, tmp_path)
    wrong = {**FOUND, "direction": "fell"}
    answer = answering(FOUND, wrong, said="It waits. See http://evil.example now.")
    report = run(folder, tmp_path, Script(asking(("latency", {"service": "pay"})), saying(""), answer))
    argument = report.argument
    assert argument is not None
    assert [claim.verified for claim in argument.claims] == [True, False]
    assert "pay" in argument.kept[0].sentence
    assert "otherwise" in argument.struck[0].reason
    assert argument.prose == ("It waits.",)
    assert argument.withheld == 1
    added = report.find(argument.asked[0].evidence)
    assert added is not None
    assert added.statement.startswith("latency and errors of pay")
    assert len(report.evidence) == len(plain.evidence) + 1
    assert core(report) == core(plain)
    assert (report.usage.model, report.usage.calls, report.usage.prompt_tokens) == ("script", 3, 300)


def test_a_cause_read_in_a_change_is_found_only_with_a_model_that_reads(folder: Folder, tmp_path: Path) -> None:
    """The record names no service, and statistics cannot read a diff."""
    tree = SourceTree(tmp_path / "source")
    tree.commit(T0 - 5000, "begin", {"services/pay/settings.toml": "pool = 20\n"})
    commit = tree.commit(T0 - 100, "tidy settings", {"services/pay/settings.toml": "pool = 1\n"})
    folder.change(55, "", "deploy", "weekly release", f"release@{commit[:10]}")
    plain = run(folder, tmp_path, repository=tree.folder)
    assert plain.hypotheses[0].fault_kind is not FaultKind.BAD_CONFIGURATION
    number = f"E{len(plain.evidence) + 1}"
    quote = {"service": "pay", "predicate": "says", "quote": "+pool = 1", "evidence": [number]}
    proposal = {"component": "pay", "fault_kind": "bad_configuration", "claims": [1]}
    script = Script(asking(("diff", {"revision": commit})), saying(""), answering(quote, hypotheses=[proposal]))
    report = run(folder, tmp_path, script, repository=tree.folder)
    first = report.hypotheses[0]
    assert (first.component, first.fault_kind, first.origin) == ("pay", FaultKind.BAD_CONFIGURATION, "model")
    assert number in first.supports
    assert "“+pool = 1”" in first.cause
    assert report.argument is not None
    assert report.argument.suggested[0].outcome == "refined"
    assert first.confidence - plain.hypotheses[0].confidence <= 0.1
    assert "read in a change by the model" in to_markdown(report)


@pytest.mark.parametrize("turn", [ModelUnreachableError("dead", ""), saying("nonsense"), saying("")])
def test_a_model_that_fails_changes_nothing_but_says_so(
    folder: Folder, tmp_path: Path, turn: Completion | ModelError
) -> None:
    plain = run(folder, tmp_path)
    report = run(folder, tmp_path, Script(turn))
    assert core(report) == core(plain)
    assert report.evidence == plain.evidence
    assert report.argument is not None
    assert report.argument.ended


def test_a_repository_that_cannot_be_read_is_told(folder: Folder, tmp_path: Path) -> None:
    report = run(folder, tmp_path, Script(saying(""), answering()), repository=tmp_path / "none")
    notes = [note for source in report.sources for note in source.notes]
    assert any("not a readable git repository" in note for note in notes)


def test_no_model_wins_over_a_model(folder: Folder, tmp_path: Path) -> None:
    model = Script(answering())
    incident = Incident(folder=folder.path, no_model=True)
    report = investigate(incident, Settings(runs=tmp_path / "runs"), model=model)
    assert model.seen == []
    assert report.argument is None
    assert report.usage.calls == 0


def test_a_finished_run_gives_its_argument_again_without_asking(folder: Folder, tmp_path: Path) -> None:
    report = run(folder, tmp_path, Script(saying(""), answering(FOUND)))
    assert resume(report.run_id, Settings(runs=tmp_path / "runs")) == report


def test_large_results_lie_in_the_run_s_folder(folder: Folder, tmp_path: Path) -> None:
    report = run(folder, tmp_path, Script(asking(("log_lines", {"service": "pay"})), saying(""), answering()))
    assert report.argument is not None
    kept = tmp_path / "runs" / report.run_id / "results" / f"{report.argument.asked[0].evidence}.json"
    assert json.loads(kept.read_text())["lines"]


def test_without_a_model_nothing_of_it_is_imported(folder: Folder, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from agent.investigation import investigate;"
        "from agent.schema import Incident; from tools.config import Settings;"
        f"investigate(Incident(folder=Path({str(folder.path)!r})), Settings(runs=Path({str(tmp_path / 'r')!r})));"
        "heavy = ('openai', 'tiktoken', 'agent.argument', 'agent.toolbox', 'agent.claims', 'agent.model.endpoint',"
        " 'tools.repository');"
        "print([name for name in heavy if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.strip() == "[]"
