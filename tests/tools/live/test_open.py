from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.investigation import investigate
from agent.schema import Incident, Verdict
from tests.builders import BASELINE, INCIDENT, SCOPE, T0, Folder, Span, window
from tests.tools.live.backend import opening, transport
from tests.tools.live.metrics.test_prometheus import Fake
from tools.config import Settings
from tools.errors import ConfigError, SourceError
from tools.live.budget import Budget
from tools.live.changes.feed import FileFeed
from tools.live.changes.grafana import GrafanaChanges
from tools.live.logs.loki import LokiLogs
from tools.live.merge import MergedMetrics
from tools.live.metrics.prometheus import PrometheusMetrics
from tools.live.open import open_live, who_does_not_answer
from tools.live.opening import Opening
from tools.live.settings import BackendSettings, SourcesSettings
from tools.sources import Telemetry
from tools.sources.rows import ChangeRow, MetricDetail
from tools.window import TimeWindow


@pytest.fixture
def black_hole() -> Iterator[str]:
    """Yield the address of a server that takes requests and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def opened(drop: frozenset[str] = frozenset(), **settings: Any) -> Telemetry:
    return open_live(SourcesSettings.model_validate(settings), window(0, 120), Path("live.toml"), drop)


def feed(folder: Path, name: str = "feed.json", service: str = "cart") -> dict[str, str]:
    file = folder / name
    file.write_text(json.dumps([{"time_unix": T0 + 65, "service": service, "summary": "v2"}]))
    return {"kind": "feed", "file": str(file)}


def test_a_backend_that_never_answers_is_left_out_in_time(black_hole: str, tmp_path: Path) -> None:
    started = time.perf_counter()
    telemetry = opened(
        budget_seconds=0.5,
        metrics=[{"kind": "prometheus", "url": black_hole}],
        traces=[{"kind": "folder", "folder": str(Folder(tmp_path / "spans").spans(Span("t", "s", at=70)).path)}],
    )
    assert time.perf_counter() - started < 5
    assert telemetry.available() == {"traces": True, "logs": False, "metrics": False, "changes": False}
    (left_out,) = telemetry.unanswered
    assert (left_out.signal, left_out.name) == ("metrics", f"prometheus {black_hole.removeprefix('http://')}")
    assert left_out.reason.endswith("did not answer within 0.17 s")
    telemetry.close()


def test_changes_alone_are_no_telemetry(tmp_path: Path) -> None:
    dead = {"kind": "prometheus", "url": "http://127.0.0.1:1", "tries": 1}
    with pytest.raises(SourceError, match=r"no live source of telemetry answers: .* cannot be reached"):
        opened(metrics=[dead], changes=[feed(tmp_path)])


def test_the_report_is_in_time_and_says_who_did_not_answer(black_hole: str, tmp_path: Path) -> None:
    """Nothing is wrong in the spans; but what was not read cannot be called healthy."""
    spans = [Span(f"t{i}", f"s{i}", at=i + 0.5, ms=20 + i % 3) for i in range(120)]
    folder = Folder(tmp_path / "spans").spans(*spans)
    file = tmp_path / "live.toml"
    file.write_text(
        f'[sources]\nbudget_seconds = 0.5\n[[sources.traces]]\nkind = "folder"\nfolder = "{folder.path}"\n'
        f'[[sources.metrics]]\nkind = "prometheus"\nurl = "{black_hole}"\n'
    )
    asked = Incident(folder=file, incident_window=INCIDENT, baseline_window=BASELINE)
    started = time.perf_counter()
    report = investigate(asked, Settings(runs=tmp_path / "runs"))
    assert time.perf_counter() - started < 15
    assert report.verdict is Verdict.INCONCLUSIVE
    (metrics,) = (source for source in report.sources if source.signal == "metrics")
    assert not metrics.available
    assert any("did not answer within" in note for note in metrics.notes)


def test_several_sources_of_changes_are_one(tmp_path: Path) -> None:
    telemetry = opened(changes=[feed(tmp_path), feed(tmp_path, "other.json", "pay")])
    assert telemetry.changes is not None
    assert telemetry.changes.services() == ["cart", "pay"]
    assert [row.service for row in telemetry.changes.changes(window(0, 120))] == ["cart", "pay"]
    telemetry.close()


def test_one_of_several_that_fails_later_is_noted(tmp_path: Path) -> None:
    telemetry = opened(changes=[feed(tmp_path), feed(tmp_path, "other.json", "pay")])
    (tmp_path / "other.json").write_text("broken")
    assert telemetry.changes is not None
    assert [row.service for row in telemetry.changes.changes(window(0, 120))] == ["cart"]
    assert "feed is left out of an answer" in telemetry.changes.degradations()[0]
    (tmp_path / "feed.json").write_text("broken")
    with pytest.raises(SourceError, match="cannot be read"):
        telemetry.changes.changes(window(0, 120))


def test_dropped_signals_are_not_asked(black_hole: str, tmp_path: Path) -> None:
    telemetry = opened(
        frozenset({"metrics"}), metrics=[{"kind": "prometheus", "url": black_hole}], changes=[feed(tmp_path)]
    )
    assert telemetry.unanswered == ()
    telemetry.close()


def test_nothing_configured_says_what_to_add() -> None:
    with pytest.raises(ConfigError, match=r"\[\[sources\.metrics\]\]"):
        opened()


def test_a_slow_backend_does_not_keep_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that all sources shared once made them answer one after another."""
    asked = threading.Barrier(3, timeout=5)

    def waiting(self: PrometheusMetrics) -> set[str]:
        asked.wait()  # passes only when all are asked at the same time
        return {"cart"}

    monkeypatch.setattr(PrometheusMetrics, "find_services", waiting)
    backends = [{"kind": "prometheus", "url": f"http://127.0.0.1:{port}"} for port in (1, 2, 3)]
    telemetry = open_live(SourcesSettings.model_validate({"metrics": backends}), window(0, 60), Path("live.toml"))
    assert telemetry.unanswered == ()
    telemetry.close()


def test_a_hanging_backend_leaves_time_for_the_questions_to_others(black_hole: str) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[])

    backends = [{"kind": "loki", "url": black_hole, "tries": 1}, {"kind": "grafana", "url": "http://grafana.test"}]
    budget = Budget(1.5)
    openings = [
        Opening(BackendSettings.model_validate(fields), signal, window(0, 60), budget, Path("live.toml"))
        for fields, signal in zip(backends, ("logs", "changes"), strict=True)
    ]
    sources = [LokiLogs(openings[0]), GrafanaChanges(openings[1], httpx.MockTransport(serve))]
    reasons = who_does_not_answer(openings, sources, 0.5)
    assert reasons == [f"loki {black_hole.removeprefix('http://')} did not answer within 0.5 s", ""]
    assert 0.5 < budget.remaining() <= 1.0
    assert sources[1].changes(window(0, 60)) == []  # type: ignore[attr-defined]  # the second source has changes
    sources[1].close()


def test_several_backends_of_one_signal_are_asked_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    telemetry = opened(changes=[feed(tmp_path), feed(tmp_path, "other.json", "pay")])
    both = threading.Barrier(2, timeout=5)
    row = ChangeRow(T0, "deploy", "cart", "", "", "")

    def waiting(self: FileFeed, asked: TimeWindow) -> list[ChangeRow]:
        both.wait()  # passes only when both are asked at the same time
        return [row]

    monkeypatch.setattr(FileFeed, "changes", waiting)
    assert telemetry.changes is not None
    assert telemetry.changes.changes(window(0, 120)) == [row, row]
    telemetry.close()


def test_details_come_from_the_backend_that_knows_the_series() -> None:
    """Each backend says nothing about series of the other."""
    first, second = (
        PrometheusMetrics(opening(kind="prometheus"), transport(Fake(refuse="exemplars|rules"))) for _ in range(2)
    )
    merged = MergedMetrics([first, second])
    rows = first.series(SCOPE)
    assert merged.details(SCOPE, rows) == [MetricDetail() for _ in rows]
    assert MergedMetrics([]).details(SCOPE, rows) == []
    first.close()
    second.close()
