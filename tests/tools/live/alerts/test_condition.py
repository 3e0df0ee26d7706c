from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.tools.live.alerts.test_alert import NOW, STARTED, raw
from tools.live.alerts import parse_alert
from tools.live.alerts.condition import LEAD_SECONDS, expression_in, find_rule, lead_seconds, symptom_of
from tools.live.alerts.find import alert_window
from tools.live.metrics.rules import Rule
from tools.live.settings import SourcesSettings
from tools.window import NS

ALERT = parse_alert(raw(), NOW)
SLOW = 'histogram_quantile(0.99, sum by (le) (rate(wait_bucket{service="checkout"}[10m]))) > 2'


def rule(expression: str = SLOW, held: float = 120.0, every: float = 15.0) -> Rule:
    return Rule("SlowCheckout", False, expression, held, {}, "firing", "", every)


def test_the_window_reaches_back_as_far_as_the_rule_looks_and_waits() -> None:
    window = alert_window(ALERT, NOW, rule())
    assert window.start_ns == STARTED - (600 + 120 + 15) * NS


def test_an_alert_that_is_dated_from_its_condition_did_not_wait() -> None:
    assert lead_seconds(replace(ALERT, dated_from_condition=True), rule()) == 615


def test_a_rule_that_looks_at_this_moment_only_leaves_time_for_a_scrape() -> None:
    assert lead_seconds(ALERT, rule("up == 0", held=0, every=1)) == 60
    assert lead_seconds(ALERT, None) == LEAD_SECONDS


def test_the_symptom_has_the_condition() -> None:
    assert symptom_of(ALERT, None) == ALERT.symptom
    assert symptom_of(ALERT, rule()) == f"{ALERT.symptom} (condition: {SLOW} for 120 s)"


def test_a_rule_tells_the_service_where_labels_do_not() -> None:
    silent = parse_alert(raw(labels={"alertname": "SlowCheckout"}), NOW)
    assert symptom_of(silent, rule()).startswith("alert SlowCheckout on checkout: p99 above 2 s")
    several = rule('a{service="x"} / b{service="y"} > 1')
    assert symptom_of(silent, several).startswith("alert SlowCheckout: p99")


@pytest.mark.parametrize(
    ("address", "expression"),
    [
        (f"http://prometheus:9090/graph?g0.expr={quote(SLOW)}&g0.tab=1", SLOW),
        (f"http://vmalert:8880/vmalert/alert?expr={quote(SLOW)}", SLOW),
        ("http://grafana/alerting/grafana/f00d/view", ""),
        ("", ""),
    ],
)
def test_an_alert_s_address_holds_its_expression(address: str, expression: str) -> None:
    assert expression_in(address) == expression


def unreachable(**alerts: Any) -> SourcesSettings:
    dead = {"kind": "prometheus", "url": "http://127.0.0.1:1", "tries": 1}
    return SourcesSettings.model_validate({"alerts": [dead], "metrics": [dead], **alerts})


def test_without_a_backend_that_answers_the_address_tells(tmp_path: Path) -> None:
    alert = parse_alert(raw(generatorURL=f"http://p/graph?g0.expr={quote(SLOW)}"), NOW)
    same, found = find_rule(alert, unreachable(), tmp_path)
    assert same == alert
    assert found is not None
    assert found.condition == SLOW
    assert find_rule(ALERT, unreachable(), tmp_path) == (ALERT, None)
    assert find_rule(ALERT, SourcesSettings(), tmp_path) == (ALERT, None)
