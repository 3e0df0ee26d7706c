from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import SourceError
from tools.live.http import Answer
from tools.live.metrics.rules import Rule, read_rules, rules_that_read, seconds

LATENCY = ("latency_seconds", "latency_seconds_bucket", "latency_seconds_count", "latency_seconds_sum")
P99 = 'histogram_quantile(0.99, sum by (le, job) (rate(latency_seconds_bucket{job="pay", le!=""}[5m]))) > 2'


def rule(expression: str, name: str = "Slow", *, records: bool = False, state: str = "inactive") -> Rule:
    return Rule(name, records, expression, 60.0, {}, state, "")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("up == 0", [("up", [])]),
        ("rate(a_total[5m]) / rate(b_total[5m] offset 1h) > bool 1e3", [("a_total", []), ("b_total", [])]),
        ('{__name__="up", job=~"a|b{2}"}', [("up", [("__name__", "=", "up"), ("job", "=~", "a|b{2}")])]),
        ('sum without (pod) (x{path="/a}\\"b"}) and on (job) y', [("x", [("path", "=", '/a}"b')]), ("y", [])]),
        ("label_replace(job:x:rate5m, 'to', '$1', 'from', '(.*)')", [("job:x:rate5m", [])]),
        ("vector(1) unless time() > 0x1F", []),
        ("max_over_time(deriv(z[1h:5m])[1d:])", [("z", [])]),
    ],
)
def test_selectors_are_found_in_expressions(expression: str, expected: list[object]) -> None:
    assert rule(expression).selectors == expected


def test_a_rule_reads_a_series_that_its_matchers_let_through() -> None:
    slow = rule(P99)
    assert slow.reads(LATENCY, {"job": "pay", "instance": "pay-1"})
    assert not slow.reads(LATENCY, {"job": "cart"})
    assert not slow.reads(("requests_total",), {"job": "pay"})
    assert slow.reads(LATENCY, {"instance": "pay-1"})  # a label that was summed away may have fitted


@pytest.mark.parametrize(
    ("matcher", "fits"), [('job=~"p.*"', True), ('job!~"p.*"', False), ('job!="pay"', False), ('job=~"(?U)p+"', True)]
)
def test_every_kind_of_matcher_counts(matcher: str, fits: bool) -> None:
    assert rule(f"up{{{matcher}}} == 0").reads(["up"], {"job": "pay"}) is fits


def test_rules_on_what_other_rules_record_are_found_and_those_that_fire_come_first() -> None:
    rules = [
        rule("job:latency:mean > 2", "Indirect", state="firing"),
        rule("rate(latency_seconds_sum[5m])", "job:latency:mean", records=True),
        rule(P99, "Direct"),
        rule("up == 0", "Down", state="firing"),
    ]
    found = rules_that_read(rules, LATENCY, {"job": "pay"})
    assert [item.name for item in found] == ["Indirect", "Direct", "job:latency:mean"]
    assert str(found[0]) == "the alert Indirect watches it, firing now: job:latency:mean > 2 for 60 s"
    assert str(found[2]).startswith("the recording rule job:latency:mean reads it: rate(")


def test_two_rules_that_record_each_other_end() -> None:
    rules = [rule("b", "a", records=True), rule("a", "b", records=True)]
    assert {item.name for item in rules_that_read(rules, ["a"], {})} == {"a", "b"}


def test_how_far_back_a_rule_looks() -> None:
    assert rule("rate(a[5m]) > rate(a[1h30m] offset 1d)").lookback_seconds == 5400
    assert rule("deriv(z[10m:1m])").lookback_seconds == 600
    assert rule("up == 0").lookback_seconds == 0


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_durations_are_the_sum_of_their_parts(hours: int, minutes: int, whole: int, ms: int) -> None:
    assert seconds(f"{hours}h{minutes}m{whole}s{ms}ms") == pytest.approx(
        hours * 3600 + minutes * 60 + whole + ms / 1000
    )


@given(st.text(max_size=60))
def test_no_expression_is_too_odd_to_look_at(expression: str) -> None:
    assert rule(expression).lookback_seconds >= 0
    rule(expression).reads(["up"], {"job": "pay"})


def test_rules_are_read_from_an_answer() -> None:
    alert = {"name": "Slow", "query": P99, "duration": 60, "type": "alerting", "state": "firing", "labels": {"a": "b"}}
    recording = {"name": "job:x", "query": "sum(x)", "type": "recording", "health": "err", "lastError": "many-to-many"}
    group = {"name": "g", "interval": 15, "rules": [alert, recording]}
    found = read_rules(Answer("prom", orjson.dumps({"status": "success", "data": {"groups": [group]}})))
    assert [(item.name, item.records, item.held_seconds, item.state) for item in found] == [
        ("Slow", False, 60.0, "firing"),
        ("job:x", True, 0.0, ""),
    ]
    assert found[0].labels == {"a": "b"}
    assert found[0].every_seconds == 15
    assert found[1].problem == "many-to-many"


def test_a_backend_without_rules_has_none() -> None:
    assert read_rules(Answer("vm", b'{"status":"success","data":{"groups":[]}}')) == []
    assert read_rules(Answer("vm", b'{"status":"success"}')) == []
    with pytest.raises(SourceError, match="holds no rules"):
        read_rules(Answer("odd", b'{"status":"success","data":{"groups":[{"rules":[{"name":1}]}]}}'))
    with pytest.raises(SourceError, match="does not answer as Prometheus does"):
        read_rules(Answer("other", b"[]"))
