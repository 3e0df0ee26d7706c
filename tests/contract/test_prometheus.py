"""Prometheus and VictoriaMetrics hold a bundled recording, written by remote write, and answer as the store does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from agent.investigation import investigate
from agent.schema import Incident
from evals.bench.live.remote_write import write
from tests.contract.prometheus_names import recorded_series
from tests.contract.recorded import RECORDING, Recorded, Tolerance, assert_same, recorded, survey
from tests.contract.servers import prometheus, victoria_metrics
from tools.config import Settings
from tools.live.open import open_live
from tools.live.settings import SourcesSettings
from tools.sources import MetricSource, Telemetry
from tools.window import TimeWindow

pytestmark = pytest.mark.live

TOLERANCES = {
    # A rate is taken over a step and one scrape, aligned to the step and not to the scrape: of few requests a
    # median moves by some percent.
    "prometheus": Tolerance(relative=0.1, onset_seconds=10),
    # VictoriaMetrics stretches the window of a rate to the point before it.
    "victoriametrics": Tolerance(relative=0.12, onset_seconds=10),
}


@dataclass(frozen=True)
class Holding:
    kind: str
    url: str
    there: Recorded

    def horizon(self) -> TimeWindow:
        scope = self.there.scope
        return TimeWindow(start_ns=scope.baseline[0].start_ns, end_ns=scope.incident.end_ns)

    def open(self, **fields: object) -> Telemetry:
        backend = {"kind": self.kind, "url": self.url, **fields}
        settings = SourcesSettings.model_validate({"metrics": [backend]})
        return open_live(settings, self.horizon(), Path("live.toml"))


@pytest.fixture(scope="module", params=sorted(TOLERANCES))
def holding(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holding]:
    folder = tmp_path_factory.mktemp(request.param)
    server = prometheus(folder) if request.param == "prometheus" else victoria_metrics(folder)
    with server as url:
        write(f"{url}/api/v1/write", recorded_series([RECORDING / "metrics.parquet"]))
        if request.param == "victoriametrics":
            httpx.get(f"{url}/internal/force_flush", trust_env=False)
        yield Holding(request.param, url, recorded())


def metrics_of(telemetry: Telemetry) -> MetricSource:
    assert telemetry.metrics is not None
    return telemetry.metrics


def test_the_evidence_is_that_of_the_embedded_store(holding: Holding) -> None:
    telemetry = holding.open()
    found = survey(telemetry, holding.there.scope, "metrics")
    telemetry.close()
    expected = survey(holding.there.telemetry, holding.there.scope, "metrics")
    assert_same(expected, found, TOLERANCES[holding.kind])
    assert metrics_of(telemetry).degradations() == []


def test_it_knows_the_same_services_and_nearly_the_same_series(holding: Holding) -> None:
    telemetry, embedded = holding.open(), holding.there.telemetry
    assert metrics_of(telemetry).services() == metrics_of(embedded).services()
    ours = {(s.service, s.pod, s.peer) for s in metrics_of(telemetry).series(holding.there.scope)}
    assert ours == {(s.service, s.pod, s.peer) for s in metrics_of(embedded).series(holding.there.scope)}
    telemetry.close()


def test_the_promql_that_is_shown_can_be_run_elsewhere(holding: Holding) -> None:
    telemetry = holding.open()
    script = telemetry.metrics.sql("series", holding.there.scope)  # type: ignore[union-attr]  # a live source has it
    telemetry.close()
    head, _, query = script.split("\n\n")[0].partition("\n")
    window = dict(part.split("=") for part in head.removeprefix("# ").split())
    answer = httpx.post(f"{holding.url}/api/v1/query_range", data={"query": query, **window}, trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["data"]["result"]


def test_series_can_be_bounded_by_matchers(holding: Holding) -> None:
    telemetry = holding.open(match='job="payment"', services={"payment": "pay"})
    assert metrics_of(telemetry).services() == ["pay"]
    assert {s.service for s in metrics_of(telemetry).series(holding.there.scope)} == {"pay"}
    telemetry.close()


def test_metrics_of_many_series_are_summed_up(holding: Holding) -> None:
    whole, summed = holding.open(), holding.open(max_series=3)
    many, few = (metrics_of(t).series(holding.there.scope) for t in (whole, summed))
    assert len(few) < len(many)
    cost = [source.fetched() for t in (whole, summed) for source in [t.metrics]]  # type: ignore[union-attr]
    assert cost[1].bytes < cost[0].bytes
    assert "summed up per instance" in metrics_of(summed).degradations()[0]
    assert {s.service for s in few} == {s.service for s in many}
    whole.close()
    summed.close()


def test_an_investigation_states_what_it_fetched_and_keeps_no_secret(
    holding: Holding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROM_TOKEN", "geheim")
    file = tmp_path / "live.toml"
    backend = f'kind = "{holding.kind}"\nurl = "{holding.url}"\ntoken_env = "PROM_TOKEN"\n'
    file.write_text(f"[[sources.metrics]]\n{backend}")
    scope = holding.there.scope
    asked = Incident(
        folder=file, incident_window=scope.incident, baseline_window=scope.baseline[0], symptom="checkout is slow"
    )
    report = investigate(asked, Settings(runs=tmp_path / "runs"))
    status = next(status for status in report.sources if status.signal == "metrics")
    assert status.fetched is not None
    assert status.fetched.answers == status.fetched.requests > 4
    assert 10_000 < status.fetched.bytes < 200_000
    assert report.hypotheses[0].component == "payment"
    kept = [path for path in (tmp_path / "runs").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"geheim" in path.read_bytes()]
    assert f"whydown show {file} metrics --table series" in report.evidence[0].query
