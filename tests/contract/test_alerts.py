"""A real Alertmanager takes an alert, and an investigation begins from it; Prometheus' own alerts likewise."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent.investigation import from_alert
from agent.schema import Incident
from evals.bench.live.remote_write import write
from evals.bench.live.server import PROMETHEUS_CONFIG
from tests.contract.servers import alertmanager, prometheus
from tools.clock import now
from tools.errors import InputError
from tools.live.alerts.sources import PrometheusAlerts
from tools.live.budget import Budget
from tools.live.opening import Opening
from tools.live.settings import BackendSettings
from tools.window import NS, TimeWindow, to_ns

pytestmark = pytest.mark.live

RULES = """
groups:
  - name: always
    interval: 1s
    rules:
      - alert: AlwaysTrue
        expr: vector(1) > 0
        labels: {service: checkout}
        annotations: {summary: it is true}
"""

WAITING = """
groups:
  - name: waiting
    interval: 30s
    rules:
      - alert: SlowCheckout
        expr: rate(wait_seconds_sum{service="checkout"}[15m]) > 2
        for: 10m
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run Alertmanager with two alerts; yield a settings file that names it."""
    folder = tmp_path_factory.mktemp("alertmanager")
    with alertmanager(folder) as url:
        began = (now() - dt.timedelta(minutes=20)).isoformat()
        alerts = [
            {"labels": {"alertname": name, "service": "checkout"}, "annotations": {"summary": said}, "startsAt": began}
            for name, said in (("SlowCheckout", "p99 above 2 s"), ("Errors", "5 % of requests fail"))
        ]
        httpx.post(f"{url}/api/v2/alerts", json=alerts, trust_env=False).raise_for_status()
        path = folder / "live.toml"
        path.write_text(f'[[sources.alerts]]\nkind = "alertmanager"\nurl = "{url}"\n')
        yield path


def fingerprint_of(file: Path, name: str) -> str:
    url = file.read_text().rpartition("url = ")[2].strip().strip('"')
    found = httpx.get(f"{url}/api/v2/alerts", trust_env=False).json()
    return str(next(alert["fingerprint"] for alert in found if alert["labels"]["alertname"] == name))


def test_an_investigation_begins_from_an_alert(file: Path) -> None:
    reference = f"alertmanager:{fingerprint_of(file, 'SlowCheckout')}"
    incident = from_alert(reference, Incident(folder=file))
    assert incident.symptom == "alert SlowCheckout on checkout: p99 above 2 s"
    assert incident.incident_window is not None
    assert 1450 < incident.incident_window.seconds < 1600
    assert abs(incident.incident_window.end_ns - to_ns(now())) < 60e9


def test_the_rule_tells_condition_and_window(file: Path, tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(WAITING)
    reference = f"alertmanager:{fingerprint_of(file, 'SlowCheckout')}"
    with prometheus(tmp_path, f"rule_files: ['{tmp_path / 'rules.yml'}']\n") as url:
        both = tmp_path / "both.toml"
        both.write_text(f'{file.read_text()}[[sources.metrics]]\nkind = "prometheus"\nurl = "{url}"\n')
        incident = from_alert(reference, Incident(folder=both))
    assert incident.symptom == (
        'alert SlowCheckout on checkout: p99 above 2 s (condition: rate(wait_seconds_sum{service="checkout"}[15m]) '
        "> 2 for 600 s)"
    )
    assert incident.incident_window is not None
    began = to_ns(now()) - 20 * 60 * 10**9
    assert abs(incident.incident_window.start_ns - (began - (900 + 600 + 30) * 10**9)) < 60e9


def test_what_a_person_says_stays(file: Path) -> None:
    reference = f"alertmanager:{fingerprint_of(file, 'Errors')[:8]}"
    assert from_alert(reference, Incident(folder=file, symptom="I saw it")).symptom == "I saw it"


def test_an_unknown_alert_lists_those_that_fire(file: Path) -> None:
    with pytest.raises(InputError, match=r"no alert '0000'.*known: \w+ \((SlowCheckout|Errors)\)"):
        from_alert("alertmanager:0000", Incident(folder=file))


def test_alerts_of_prometheus_itself(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES)
    with prometheus(tmp_path, f"rule_files: ['{tmp_path / 'rules.yml'}']\n") as url:
        backend = BackendSettings(kind="prometheus", url=url)
        horizon = TimeWindow(start_ns=1, end_ns=to_ns(now()))
        source = PrometheusAlerts(Opening(backend, "alerts", horizon, Budget(10), tmp_path / "live.toml"))
        for _ in range(50):
            if source.alerts():
                break
            time.sleep(0.1)
        (alert,) = source.alerts()
        source.close()
    assert alert.symptom == "alert AlwaysTrue on checkout: it is true"
    assert alert.fingerprint == "AlwaysTrue"
    assert alert.dated_from_condition


SLOW = """
groups:
  - name: pay
    interval: 1s
    rules:
      - alert: PaySlow
        expr: rate(wait_seconds_sum{job="pay"}[2m]) > 1
"""


def test_an_alert_of_a_restarted_server_is_dated_from_its_condition(tmp_path: Path) -> None:
    """The condition holds since ten minutes ago, but the server evaluates it only since it began."""
    (tmp_path / "rules.yml").write_text(SLOW)
    moment = round(now().timestamp())
    labels = (("__name__", "wait_seconds_sum"), ("instance", "pay-1"), ("job", "pay"))
    points, total = list[tuple[int, float]](), 0.0
    for at in range(moment - 3600, moment, 15):
        total += 15 * (3.0 if at > moment - 600 else 0.1)
        points.append((at * 1000, total))
    with prometheus(tmp_path, f"{PROMETHEUS_CONFIG}rule_files: ['{tmp_path / 'rules.yml'}']\n") as url:
        write(f"{url}/api/v1/write", {labels: points})
        file = tmp_path / "live.toml"
        file.write_text(f'[[sources.alerts]]\nkind = "prometheus"\nurl = "{url}"\n')
        incident = None
        for _ in range(100):
            try:
                incident = from_alert("prometheus:PaySlow", Incident(folder=file))
                break
            except InputError:
                time.sleep(0.1)
    assert incident is not None
    assert incident.incident_window is not None
    began = moment - 600 - 120  # the rate of two minutes passes the limit some time within them
    assert began - 60 <= incident.incident_window.start_ns / NS <= began + 120
