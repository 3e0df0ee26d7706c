"""The box of tools on a small shop: what is answered, what is refused, and what becomes evidence."""

import json
from pathlib import Path

import pytest

from agent.claims import Claim, Known, check_claim
from agent.model import ToolCall
from agent.schema import Similar
from agent.toolbox import Bench, Result, Toolbox
from agent.toolbox.pages import PAGE_CHARACTERS, PAGE_LINES
from tests.agent.cli.command_line import runner
from tests.builders import SCOPE, T0, Folder, Log, gauge, shop
from tests.tools.repository.builder import SourceTree
from tools.evidence import EvidenceKind, Quantity
from tools.repository import open_repository
from tools.sources import Telemetry


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "shop").spans(*shop(0, 60), *shop(60, 60, {"pay": 80.0}, failing="bank")).incident()
    folder.logs(*(Log("pay", f"charged order {n}", at=n) for n in range(0, 120, 2)))
    folder.logs(*(Log("pay", f"pool is empty, request {n} waits", at=n, severity="WARN") for n in range(60, 120, 3)))
    folder.metrics(*gauge("bank", "cpu", [10, 11, 10, 9, 10, 11, 80, 82, 81, 80, 79, 83]))
    return folder.change(55, "", "deploy", "new settings", "shop@abcdef1")


def bench_of(folder: Folder, tmp_path: Path, **parts: object) -> Bench:
    telemetry = folder.open()
    graph = telemetry.traces.topology(SCOPE) if telemetry.traces else []
    return Bench(telemetry, SCOPE, folder.path, graph, spill=tmp_path / "spill", **parts)  # type: ignore[arg-type]


@pytest.fixture
def box(folder: Folder, tmp_path: Path) -> Toolbox:
    return Toolbox(bench_of(folder, tmp_path), 10)


def ask(box: Toolbox, tool: str, **arguments: object) -> Result:
    return box.call(ToolCall(id="1", name=tool, arguments=json.dumps(arguments)))


def test_only_tools_that_can_answer_are_offered(box: Toolbox, tmp_path: Path) -> None:
    names = {spec.name for spec in box.specs()}
    assert {"services", "latency", "find_traces", "log_lines", "metrics", "topology", "changes"} <= names
    assert not names & {"diff", "read_file", "postmortems"}
    empty = Toolbox(Bench(Telemetry(), SCOPE, tmp_path), 1)
    assert empty.specs() == []


def test_a_tool_that_needs_an_id_is_offered_once_there_is_one(box: Toolbox) -> None:
    assert not {spec.name for spec in box.specs()} & {"trace", "critical_path", "more"}
    ask(box, "latency", service="pay")
    assert "trace" not in {spec.name for spec in box.specs()}
    ask(box, "find_traces", service="pay")
    assert {"trace", "critical_path"} <= {spec.name for spec in box.specs()}
    ask(box, "log_lines", service="pay")
    assert "more" in {spec.name for spec in box.specs()}


def test_what_is_nothing_in_both_windows_can_be_cited_though_it_is_not_spelt_out(box: Toolbox) -> None:
    told = ask(box, "latency", service="cart")
    assert "failing" not in told.text
    assert told.evidence is not None
    assert {f.incident for f in told.evidence.facts if f.quantity is Quantity.ERRORS} == {0.0}


def test_tools_are_described_in_few_words(box: Toolbox) -> None:
    text = json.dumps([spec.model_dump() for spec in box.specs()])
    assert len(text) < 4_000
    assert "title" not in text


def test_results_become_evidence_with_ids_that_count_on(box: Toolbox) -> None:
    first, second = ask(box, "services"), ask(box, "latency", service="pay")
    assert first.evidence is not None
    assert second.evidence is not None
    assert (first.evidence.id, second.evidence.id) == ("E10", "E11")
    assert first.evidence.kind is EvidenceKind.TOOL_RESULT
    assert first.text.startswith("E10: services, most changed first\n")
    assert first.asked.outcome == "answered"
    assert "pay" in first.text.splitlines()[1]


def test_numbers_of_a_result_can_be_claimed(box: Toolbox) -> None:
    found = ask(box, "latency", service="pay").evidence
    assert found is not None
    slow = next(f for f in found.facts if f.quantity is Quantity.SELF_TIME and f.statistic == "p50")
    assert slow.baseline is not None
    assert slow.incident is not None
    assert 60e6 < slow.incident - slow.baseline < 100e6
    claim = {
        "service": "pay",
        "predicate": "self_time",
        "direction": "rose",
        "after": {"number": slow.incident / 1e6, "unit": "ms"},
        "evidence": ["E10"],
    }
    known = Known({"E10": found}, services={"pay"})
    assert check_claim(Claim.model_validate(claim), known).verified


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("services", {}, "share of failing bank spans rose from 0 % to 100 %"),
        ("topology", {}, "front → cart"),
        (
            "topology",
            {"service": "bank"},
            "called by (may be hurt by it), with the distance in calls: pay at 1, front at 2",
        ),
        ("latency", {"service": "bank"}, "time on the way to bank from pay"),
        ("find_traces", {"service": "pay", "order": "failed"}, "status ERROR"),
        ("log_templates", {"service": "pay"}, "WARN lines “pool is empty"),
        ("log_lines", {"service": "pay", "text": "pool"}, "WARN pool is empty, request 60 waits"),
        ("metrics", {"service": "bank"}, "bank cpu (median) rose from 10 to 80.5"),
        ("metric_series", {"service": "bank", "metric": "cpu"}, "80"),
        ("changes", {}, "deploy of no named service shop@abcdef1"),
    ],
)
def test_every_tool_answers(box: Toolbox, tool: str, arguments: dict[str, str], expected: str) -> None:
    assert expected in ask(box, tool, **arguments).text


def test_a_trace_is_told_as_a_tree_and_as_its_critical_path(box: Toolbox) -> None:
    found = ask(box, "find_traces", service="pay").evidence
    assert found is not None
    tree = ask(box, "trace", trace_id=found.samples[0].ref).text
    assert "\n- front call pay: " in tree
    assert "\n- - pay serve pay: " in tree
    path = ask(box, "critical_path", trace_id=found.samples[0].ref).text.splitlines()
    assert path[1].startswith("pay serve pay: ")


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("latency", {"service": "payy"}, "no service 'payy': there is pay"),
        ("latency", {"service": "pay", "operation": "serve"}, "no operation 'serve'"),
        ("latency", {}, "service: Field required; arguments: service, operation"),
        ("latency", {"service": "pay", "minutes": 5}, "minutes: Extra inputs are not permitted"),
        ("latency", {"service": "x" * 400}, "at most 300 characters"),
        ("find_traces", {"service": "pay", "order": "nicest"}, "order: Input should be"),
        ("trace", {"trace_id": "nope"}, "no trace 'nope'"),
        ("metric_series", {"service": "bank", "metric": "cpus"}, "no metric 'cpus': there is cpu"),
        ("shell", {"command": "rm -rf /"}, "no tool 'shell'"),
        ("diff", {"revision": "HEAD"}, "no tool 'diff'"),
        ("more", {"result": "E1"}, "no result 'E1'"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    box: Toolbox, tool: str, arguments: dict[str, object], reason: str
) -> None:
    result = ask(box, tool, **arguments)
    assert result.evidence is None
    assert result.asked.outcome == "refused"
    assert reason in result.text
    assert result.text.startswith("refused: ")


@pytest.mark.parametrize("arguments", ["{", "[]", "null", '"pay"', "service=pay", "\x00"])
def test_arguments_that_are_no_json_object_are_refused(box: Toolbox, arguments: str) -> None:
    assert box.call(ToolCall(id="1", name="latency", arguments=arguments)).asked.outcome == "refused"


def test_names_may_differ_in_case(box: Toolbox) -> None:
    assert ask(box, "latency", service="PAY").asked.outcome == "answered"


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"service": "pay"}, {"service": "pay", "text": ""}, True),
        ({"service": "pay", "text": "pool is empty"}, {"service": "pay", "text": "Pool is empty!"}, True),
        ({"service": "pay", "text": "pool"}, {"service": "pay", "text": "charged"}, False),
        ({"service": "pay"}, {"service": "bank"}, False),
    ],
)
def test_exact_and_near_repeats_are_refused_with_the_earlier_result(
    box: Toolbox, first: dict[str, str], second: dict[str, str], same: bool
) -> None:
    ask(box, "log_lines", **first)
    again = ask(box, "log_lines", **second)
    assert (again.asked.outcome == "repeated") is same
    if same:
        assert again.evidence is None
        assert again.asked.evidence == "E10"
        assert "the result is E10" in again.text


def test_large_results_are_kept_in_the_run_s_folder_and_read_page_by_page(box: Toolbox, tmp_path: Path) -> None:
    first = ask(box, "log_lines", service="pay")
    assert len(first.text.splitlines()) <= PAGE_LINES + 2
    assert len(first.text) < PAGE_CHARACTERS + 200
    assert "more(result=E10, page=2) reads on" in first.text
    assert (tmp_path / "spill" / "E10.json").exists()
    second = ask(box, "more", result="E10", page=2)
    assert second.evidence is not None
    assert second.evidence.id == "E11"
    assert second.text.splitlines()[1] not in first.text
    assert "only" in ask(box, "more", result="E10", page=99).text
    assert ask(box, "more", result="../../etc/passwd").asked.outcome == "refused"


def test_a_command_reprints_every_result(
    box: Toolbox, folder: Folder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import shlex

    calls = [
        ("services", {}),
        ("topology", {"service": "pay"}),
        ("latency", {"service": "pay"}),
        ("find_traces", {"service": "pay"}),
        ("log_templates", {"service": "pay"}),
        ("log_lines", {"service": "pay", "text": "pool"}),
        ("metrics", {"service": "bank"}),
        ("changes", {}),
    ]
    run = runner(monkeypatch, capsys)
    for tool, arguments in calls:
        evidence = ask(box, tool, **arguments).evidence
        assert evidence is not None
        ended = run(*shlex.split(evidence.query)[1:])
        assert ended.code == 0, (tool, ended.err)
        assert ended.out


class TestSource:
    @pytest.fixture
    def tree(self, tmp_path: Path) -> SourceTree:
        tree = SourceTree(tmp_path / "source")
        tree.commit(T0 - 5000, "begin", {"services/pay/settings.toml": "timeout = 4.0\npool = 20\n"})
        tree.commit(T0 + 20, "tidy settings", {"services/pay/settings.toml": "timeout = 4.0\npool = 1\n"})
        return tree

    @pytest.fixture
    def box(self, folder: Folder, tree: SourceTree, tmp_path: Path) -> Toolbox:
        folder.change(50, "pay", "deploy", "settings", f"pay@{tree.ids[1][:10]}")
        return Toolbox(bench_of(folder, tmp_path, repository=open_repository(tree.folder)), 10)

    def test_commits_near_the_incident_are_among_the_changes(self, box: Toolbox, tree: SourceTree) -> None:
        text = ask(box, "changes").text
        assert f"commit {tree.ids[1][:12]} by A. Author" in text
        assert "tidy settings" in text
        assert "begin" not in text.replace("the incident began", "")

    def test_a_diff_is_evidence_of_a_change_that_the_record_dates(self, box: Toolbox, tree: SourceTree) -> None:
        found = ask(box, "diff", revision=tree.ids[1][:8])
        assert "-pool = 20\n+pool = 1" in found.text
        assert "recorded as live" in found.text
        assert found.evidence is not None
        assert (found.evidence.subject.kind, found.evidence.subject.service) == ("change", "pay")
        assert found.evidence.onset is not None
        assert found.evidence.onset.timestamp() == T0 + 50
        claim = Claim(service="pay", predicate="says", quote="+pool = 1", evidence=("E10",))
        assert check_claim(claim, Known({"E10": found.evidence}, services={"pay"})).verified

    def test_a_commit_that_nothing_records_as_live_has_no_time(self, box: Toolbox, tree: SourceTree) -> None:
        found = ask(box, "diff", revision=tree.ids[0])
        assert "not recorded as live" in found.text
        assert found.evidence is not None
        assert found.evidence.onset is None

    def test_a_file_is_read_at_a_revision(self, box: Toolbox, tree: SourceTree) -> None:
        assert "2 pool = 20" in ask(box, "read_file", path="services/pay/settings.toml", revision=tree.ids[0]).text
        assert ask(box, "read_file", path="../../etc/passwd").asked.outcome == "refused"
        assert ask(box, "read_file", path="services/pay/settings.toml", line=9).asked.outcome == "refused"

    def test_words_of_a_file_belong_to_the_service_in_its_path(self, box: Toolbox) -> None:
        found = ask(box, "read_file", path="services/pay/settings.toml").evidence
        assert found is not None
        known = Known({"E10": found}, services={"pay", "bank"})
        for service, holds in (("pay", True), ("bank", False)):
            claim = Claim(service=service, predicate="says", quote="timeout = 4.0", evidence=("E10",))
            assert check_claim(claim, known).verified is holds


def test_past_incidents_hint_and_prove_nothing(folder: Folder, tmp_path: Path) -> None:
    past = Similar(id="PM-7", title="bank was slow", status="confirmed", strength=0.8, resolution="raised the pool")
    box = Toolbox(bench_of(folder, tmp_path, recall=lambda text: [past]), 10)
    found = ask(box, "postmortems", text="slow payments")
    assert "PM-7 bank was slow" in found.text
    assert found.evidence is not None
    assert not found.evidence.facts
    claim = Claim(service="bank", predicate="says", quote="raised the pool", evidence=("E10",))
    assert not check_claim(claim, Known({"E10": found.evidence}, services={"bank"})).verified
