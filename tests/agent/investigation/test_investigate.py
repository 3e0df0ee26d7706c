"""Investigations end to end on small generated incidents."""

from pathlib import Path

import pytest

from agent.investigation import investigate, resume
from agent.investigation.report import Calm, judge, summarise
from agent.render.words import headline
from agent.schema import HALVES, Incident, Report, Verdict
from tests.builders import Folder, Log, Span, window
from tools.config import RankingSettings, Settings
from tools.errors import FolderError, RunError, UnknownServiceError, WindowError
from tools.faults import FaultFamily

BASELINE, INCIDENT = window(0, 300), window(300, 420)


def request(number: int, at: float, shop_ms: float = 10.0, wire_ms: float = 2.0, *, bill: bool = True) -> list[Span]:
    """Return one request: gateway → shop → bank; `bill` False leaves the call to the bank out."""
    t, bank_ms = f"t{number}", 5.0 if bill else 0.0
    client_ms = bank_ms + wire_ms if bill else 0.0
    total = shop_ms + client_ms
    spans = [
        Span(t, "a", service="gateway", operation="POST /order", at=at, ms=total + 5),
        Span(t, "b", "a", service="gateway", operation="POST", at=at + 0.001, ms=total + 2, kind="client"),
        Span(t, "c", "b", service="shop", operation="order", at=at + 0.002, ms=total),
    ]
    if bill:
        spans += [
            Span(t, "d", "c", service="shop", operation="POST bank", at=at + 0.003, ms=client_ms, kind="client"),
            Span(t, "e", "d", service="bank", operation="charge", at=at + 0.004, ms=bank_ms),
        ]
    return spans


def traffic(**incident: float | bool) -> list[Span]:
    """Return seven minutes of requests, the last two with what is given, jittered by a fixed pattern."""
    spans: list[Span] = []
    for number in range(420):
        jitter = 1.0 + 0.1 * ((number * 7919) % 11 - 5) / 5
        options = dict(incident) if number >= 300 else {}
        shop = float(options.pop("shop_ms", 10.0)) * jitter
        wire = float(options.pop("wire_ms", 2.0)) * jitter
        spans += request(number, float(number), shop, wire, bill=bool(options.get("bill", True)))
    return spans


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(runs=tmp_path / "runs")


def ask(folder: Path, **more: object) -> Incident:
    given = {"folder": folder, "incident_window": INCIDENT, "baseline_window": BASELINE, **more}
    return Incident.model_validate(given)


def test_a_slow_service_is_named(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic(shop_ms=300.0))
    report = investigate(ask(tmp_path / "in"), settings)
    first = report.hypotheses[0]
    assert (report.verdict, first.component, first.operation) == (Verdict.ROOT_CAUSE, "shop", "order")
    assert [link.component for link in first.chain] == ["shop", "gateway"]
    assert all(link.verified for link in first.chain)
    assert first.remediation
    assert first.next_check


def test_a_slow_wire_is_a_network_fault_of_the_callee(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic(wire_ms=400.0))
    first = investigate(ask(tmp_path / "in"), settings).hypotheses[0]
    assert first.component == "bank"
    assert first.fault_kind.family is FaultFamily.NETWORK


def test_a_call_left_out_is_a_code_fault_of_the_caller(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic(bill=False))
    first = investigate(ask(tmp_path / "in"), settings).hypotheses[0]
    assert first.component == "shop"
    assert first.fault_kind.family is FaultFamily.CODE


def test_nothing_wrong_is_healthy(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic())
    report = investigate(ask(tmp_path / "in"), settings)
    assert report.verdict is Verdict.HEALTHY
    assert report.summary == "nothing deviates more than it does in the baseline itself"


def test_halves_that_are_alike_are_not_healthy_as_both_may_be_the_incident(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic()[: 300 * 5])
    report = investigate(Incident(folder=tmp_path / "in"), settings)
    assert (report.verdict, report.windows.chosen_by) == (Verdict.INCONCLUSIVE, HALVES)
    assert "give one with --baseline FROM..TO" in report.summary
    assert headline(report)[1] == report.summary


def test_every_cited_id_exists_and_runs_are_read_again(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic(shop_ms=300.0)).logs(
        Log(at=310, service="shop", severity="ERROR", body="no")
    )
    report = investigate(ask(tmp_path / "in"), settings)
    known = {item.id for item in report.evidence}
    assert all({*h.supports, *h.contradicts} <= known for h in report.hypotheses)
    assert resume(report.run_id, settings) == report
    assert Report.model_validate_json(report.model_dump_json()) == report


def test_an_interrupted_run_goes_on_where_it_stopped(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Folder(tmp_path / "in").spans(*traffic(shop_ms=300.0))

    def stop(node: str, step: str) -> None:
        if node == "propose":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        investigate(ask(tmp_path / "in"), settings, stop)
    seen: list[str] = []
    report = resume("last", settings, lambda node, step: seen.append(node))
    assert report.hypotheses[0].component == "shop"
    assert "survey" not in seen


def test_missing_signals_are_said(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic(shop_ms=300.0))
    report = investigate(ask(tmp_path / "in"), settings)
    assert {s.signal for s in report.sources if not s.available} >= {"logs", "metrics"}
    assert any("logs" in gap for gap in report.hypotheses[0].missing)


def test_bad_input_is_one_line(tmp_path: Path, settings: Settings) -> None:
    Folder(tmp_path / "in").spans(*traffic())
    with pytest.raises(FolderError, match="no incident folder"):
        investigate(ask(tmp_path / "nowhere"), settings)
    with pytest.raises(UnknownServiceError, match="known: bank, gateway, shop"):
        investigate(ask(tmp_path / "in", service="shpo"), settings)
    with pytest.raises(WindowError, match="outside the data"):
        investigate(ask(tmp_path / "in", incident_window=window(9000, 9100)), settings)
    with pytest.raises(RunError, match="no run"):
        resume("20200101", settings)


@pytest.mark.parametrize(
    ("best", "nothing", "verdict"),
    [
        (0.9, 0.05, Verdict.ROOT_CAUSE),
        (0.5, 0.2, Verdict.ROOT_CAUSE),
        (0.5, 0.25, Verdict.INCONCLUSIVE),
        (0.5, 0.5, Verdict.HEALTHY),
        (0.4, 0.2, Verdict.INCONCLUSIVE),
        (0.3, 0.1, Verdict.ROOT_CAUSE),
        (0.2, 0.02, Verdict.INCONCLUSIVE),
        (0.2, 0.6, Verdict.HEALTHY),
        (0.0, 1.0, Verdict.HEALTHY),
    ],
)
def test_verdict_follows_the_probabilities(best: float, nothing: float, verdict: Verdict) -> None:
    assert judge(best, Calm(nothing), RankingSettings()) is verdict


@pytest.mark.parametrize(
    ("best", "calm", "verdict"),
    [
        (0.2, Calm(0.3, unaffected=True), Verdict.HEALTHY),
        (0.2, Calm(0.3, unaffected=False), Verdict.INCONCLUSIVE),
        (0.3, Calm(0.2, unaffected=True), Verdict.HEALTHY),
        (0.3, Calm(0.2, unaffected=False, surge="requests doubled"), Verdict.INCONCLUSIVE),
        (0.6, Calm(0.4, unaffected=True), Verdict.HEALTHY),
        (0.6, Calm(0.15, unaffected=True), Verdict.ROOT_CAUSE),
        (0.3, Calm(0.05, unaffected=True), Verdict.ROOT_CAUSE),
    ],
)
def test_who_is_served_as_before_is_healthier(best: float, calm: Calm, verdict: Verdict) -> None:
    assert judge(best, calm, RankingSettings()) is verdict


def test_more_traffic_that_is_served_as_before_is_told_as_such() -> None:
    calm = Calm(0.4, unaffected=True, surge="requests to shop rose from 2 to 4 per second")
    summary = summarise(Verdict.HEALTHY, [], calm)
    assert summary == "requests to shop rose from 2 to 4 per second, and they are served as before"
