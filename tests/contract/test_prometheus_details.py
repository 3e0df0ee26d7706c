"""Histograms, exemplars, rules and short-lived metrics of a real Prometheus, and what VictoriaMetrics has of them."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from evals.bench.live.remote_write import post, write
from evals.bench.live.server import PROMETHEUS_CONFIG
from tests.agent.cli.command_line import Whydown, runner
from tests.contract.histograms import classic, exemplified, native
from tests.contract.servers import prometheus, victoria_metrics
from tools.live.open import open_live
from tools.live.settings import SourcesSettings
from tools.sources import DetailedMetrics
from tools.sources.rows import MetricDetail
from tools.window import NS, Scope, TimeWindow

pytestmark = pytest.mark.live

START, ONSET, END = 1_790_000_000, 1_790_001_200, 1_790_001_800
"""Unix seconds: 20 minutes before, 10 minutes of the incident."""
SCOPE = Scope.of(TimeWindow(start_ns=ONSET * NS, end_ns=END * NS), [TimeWindow(start_ns=START * NS, end_ns=ONSET * NS)])
WINDOWS = ("--incident", str(SCOPE.incident), "--baseline", str(SCOPE.baseline[0]))
BOUNDS = (0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 2.5)
SLOW_TRACE = "0af7651916cd43dd8448eb211c80319c"
RULES = """
groups:
  - name: payment
    interval: 1s
    rules:
      - record: job:call_duration_seconds:mean
        expr: sum by (job) (rate(call_duration_seconds_sum[5m])) / sum by (job) (rate(call_duration_seconds_count[5m]))
      - alert: PaymentSlow
        expr: job:call_duration_seconds:mean{job="payment"} > 0.5
        for: 2m
      - alert: CartSlow
        expr: call_duration_seconds_sum{job="cart"} > 1
"""


def observations() -> list[tuple[int, Sequence[float]]]:
    """Return Unix milliseconds and all that was observed until then: in the incident one in five is slow."""
    chance, seen = random.Random(5), list[float]()
    points: list[tuple[int, Sequence[float]]] = []
    for at in range(START + 10, END + 1, 10):
        slow = at > ONSET
        seen += [chance.uniform(1, 2) if slow and n % 5 == 0 else chance.uniform(0.011, 0.019) for n in range(10)]
        points.append((at * 1000, list(seen)))
    return points


def of(name: str) -> tuple[tuple[str, str], ...]:
    return (("__name__", name), ("instance", "payment-1"), ("job", "payment"))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Prometheus with rules; it holds both kinds of histogram, exemplars and a metric that ended early."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "rules.yml").write_text(RULES)
    config = f"{PROMETHEUS_CONFIG}rule_files: ['{folder / 'rules.yml'}']\n"
    with prometheus(folder, config) as address:
        post(f"{address}/api/v1/write", [native(of("work_duration_seconds"), observations())])
        _fill(address)
        exemplars = [((ONSET + n) * 1000, 0.5 + n, SLOW_TRACE if n == 3 else f"{n:032x}") for n in range(4)]
        bucket = tuple(sorted((*of("call_duration_seconds_bucket"), ("le", "5"))))
        post(f"{address}/api/v1/write", [exemplified(bucket, END * 1000, 1.0, exemplars)])
        yield address


def _fill(address: str) -> None:
    post(f"{address}/api/v1/write", classic(of("call_duration_seconds"), BOUNDS, observations()))
    brief = [(at * 1000, float(at % 7)) for at in range(ONSET + 10, ONSET + 120, 10)]
    write(f"{address}/api/v1/write", {of("pay_failover_depth"): brief})


@pytest.fixture(scope="module")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with victoria_metrics(tmp_path_factory.mktemp("victoria")) as address:
        _fill(address)
        httpx.get(f"{address}/internal/force_flush", trust_env=False)
        yield address


def details(url: str, kind: str = "prometheus") -> dict[str, MetricDetail]:
    """Return what is known about each metric of the backend."""
    settings = SourcesSettings.model_validate({"metrics": [{"kind": kind, "url": url}]})
    horizon = TimeWindow(start_ns=START * NS, end_ns=END * NS)
    telemetry = open_live(settings, horizon, Path("live.toml"))
    assert isinstance(telemetry.metrics, DetailedMetrics)
    rows = telemetry.metrics.series(SCOPE)
    found = telemetry.metrics.details(SCOPE, rows)
    telemetry.close()
    return dict(zip([row.metric for row in rows], found, strict=True))


@pytest.fixture
def whydown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Whydown:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def test_quantiles_of_both_kinds_of_histogram(url: str) -> None:
    found = details(url)
    for metric in ("call_duration_seconds", "work_duration_seconds"):
        quantiles = found[metric].quantiles
        assert quantiles["p50"].baseline == pytest.approx(0.015, abs=0.002)
        assert quantiles["p50"].incident < 0.03
        assert quantiles["p99"].baseline < 0.03
        assert 1.0 < quantiles["p99"].incident <= 2.5
    assert found["work_duration_seconds"].quantiles["p99"].incident == pytest.approx(1.95, abs=0.1)  # finer buckets


def test_exemplars_lead_to_the_slowest_traces(url: str) -> None:
    exemplars = details(url)["call_duration_seconds"].exemplars
    assert [item.value for item in exemplars] == [3.5, 2.5, 1.5, 0.5]
    assert exemplars[0].trace_id == SLOW_TRACE
    assert exemplars[0].time_ns == (ONSET + 3) * NS


def test_rules_that_read_a_series_also_through_what_is_recorded_of_it(url: str) -> None:
    rules = details(url)["call_duration_seconds"].rules
    assert [rule.partition(",")[0].partition(":")[0] for rule in rules] == [
        "the alert PaymentSlow watches it",
        "the recording rule job",
    ]
    assert 'job:call_duration_seconds:mean{job="payment"} > 0.5 for 120 s' in rules[0]


def test_a_metric_that_ended_within_the_window_is_read(url: str) -> None:
    assert "pay_failover_depth" in details(url)


def test_victoria_metrics_has_quantiles_and_keeps_neither_exemplars_nor_rules(victoria: str) -> None:
    found = details(victoria, "victoriametrics")["call_duration_seconds"]
    assert 1.0 < found.quantiles["p99"].incident <= 2.5
    assert found.exemplars == ()
    assert found.rules == ()


def test_an_investigation_and_the_command_it_cites_tell_all_of_it(url: str, whydown: Whydown) -> None:
    Path("live.toml").write_text(f'[[sources.metrics]]\nkind = "prometheus"\nurl = "{url}"\n')
    ended = whydown("investigate", "--sources", "live.toml", *WINDOWS, "--no-model", "--json")
    report = json.loads(ended.out)
    assert report["hypotheses"][0]["component"] == "payment"
    (found,) = [item for item in report["evidence"] if item["subject"]["name"] == "call_duration_seconds"]
    assert "p99 0.0" in found["statement"]
    assert SLOW_TRACE in {sample["ref"] for sample in found["samples"] if sample["kind"] == "trace"}
    assert any("PaymentSlow watches it" in sample["text"] for sample in found["samples"])
    shown = whydown(*found["query"].split()[1:], "--json")
    (row,) = json.loads(shown.out)["rows"]
    told = {fact["statistic"]: fact for fact in found["facts"]}
    assert row["p99_incident"] == pytest.approx(told["p99"]["incident"])
    text = whydown(*found["query"].split()[1:]).out
    assert SLOW_TRACE in text
    assert "PaymentSlow" in text


def test_the_doctor_counts_rules(url: str, whydown: Whydown) -> None:
    Path("live.toml").write_text(f'[[sources.metrics]]\nkind = "prometheus"\nurl = "{url}"\n')
    write(f"{url}/api/v1/write", {of("call_retries_total"): [(round(time.time() * 1000) - 1000, 1.0)]})
    assert "2 alerting and 1 recording rules" in " ".join(whydown("doctor", "live.toml").out.split())
