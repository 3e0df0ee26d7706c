"""Details of series from a backend that is a function: partial answers and odd forms. Servers: tests/contract."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.builders import SCOPE, T0
from tests.tools.live.metrics.test_prometheus import Fake, source
from tools.live.metrics.prometheus import PrometheusMetrics
from tools.sources.rows import Exemplar, MetricDetail, MetricSeries
from tools.window import NS

EXEMPLARS = [
    {
        "seriesLabels": {"__name__": "requests_total", "job": "pay"},
        "exemplars": [
            {"labels": {"traceID": "slow"}, "value": "7", "timestamp": T0 + 70.5},
            {"labels": {"trace_id": "quick"}, "value": "1", "timestamp": T0 + 71},
            {"labels": {"user": "someone"}, "value": "9", "timestamp": T0 + 72},
            {"labels": {"trace_id": "odd"}, "value": "NaN", "timestamp": T0 + 73},
            {"labels": None, "value": "1"},
        ],
    }
]
RULE = {"name": "Busy", "query": "rate(requests_total[5m]) > 9", "duration": 60, "type": "alerting", "state": "firing"}


class Knowing(Fake):
    """A Prometheus with exemplars and a rule, that answers whatever it is given as lists."""

    def __init__(self, refuse: str = "$^", **lists: Any) -> None:
        super().__init__(refuse)
        self.lists = {"query_exemplars": EXEMPLARS, "rules": {"groups": [{"rules": [RULE]}]}, **lists}

    def listed(self, path: str) -> Any:
        return self.lists.get(path.rpartition("/")[2], super().listed(path))


def details(asked: PrometheusMetrics) -> dict[str, MetricDetail]:
    """Return the details of all series by metric, and close the source."""
    rows = asked.series(SCOPE)
    found = asked.details(SCOPE, rows)
    asked.close()
    return dict(zip([row.metric for row in rows], found, strict=True))


def test_exemplars_that_name_a_trace_largest_first_and_rules() -> None:
    found = details(source(Knowing()))
    assert found["requests_total"].exemplars == (
        Exemplar(round((T0 + 70.5) * NS), 7.0, "slow"),
        Exemplar((T0 + 71) * NS, 1.0, "quick"),
    )
    assert found["requests_total"].rules == (
        "the alert Busy watches it, firing now: rate(requests_total[5m]) > 9 for 60 s",
    )
    assert found["up"] == MetricDetail()  # a gauge has no exemplars, and no rule reads it


def test_what_a_backend_does_not_offer_is_missing_and_no_failure() -> None:
    asked = source(Knowing(refuse="exemplars|rules"))
    assert list(details(asked).values()) == [MetricDetail(), MetricDetail()]
    assert asked.degradations() == []


@pytest.mark.parametrize("form", [{}, [], "none", [1], [{"exemplars": ["x"]}]])
def test_foreign_answers_hold_no_details(form: Any) -> None:
    found = details(source(Knowing(query_exemplars=form, rules={"groups": form if isinstance(form, list) else []})))
    assert all(detail.exemplars == () for detail in found.values())


def test_a_series_of_another_source_has_no_details() -> None:
    asked = source(Knowing())
    row = asked.series(SCOPE)[0]
    foreign = MetricSeries("else", *(getattr(row, name) for name in MetricSeries.__slots__[1:]))
    assert asked.details(SCOPE, [foreign, row])[0] == MetricDetail()
    asked.close()


def test_metrics_that_ended_before_the_window_are_read_too() -> None:
    fake = Knowing(values=["up", "requests_total", "jobs_total"], series=[{"__name__": "jobs_total", "job": "pay"}])
    asked = source(fake)
    assert "jobs_total" in {row.metric for row in asked.series(SCOPE)}
    asked.close()


def test_too_many_metrics_that_ended_are_stated() -> None:
    asked = source(Knowing(values=[f"m{n}" for n in range(60)], series=[]))
    asked.series(SCOPE)
    assert asked.degradations() == ["10 metrics without a series at the end of a window are left out"]
    asked.close()


def test_the_doctor_is_told_which_rules_there_are_and_which_fail() -> None:
    broken = {"name": "job:x", "query": "x", "type": "recording", "lastError": "many-to-many"}
    asked = source(Knowing(rules={"groups": [{"rules": [RULE, broken]}]}))
    assert asked.remarks() == ["1 alerting and 1 recording rules", "its rule job:x fails: many-to-many"]
    asked.close()
    silent = source(Knowing(refuse="rules"))
    assert silent.remarks() == []
    silent.close()


def test_matchers_of_the_settings_bound_details_too() -> None:
    fake = Knowing()
    forms: list[dict[str, list[str]]] = []

    def watched(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("exemplars"):
            forms.append(parse_qs(request.content.decode()))
        return fake(request)

    from tests.tools.live.backend import opening, transport

    asked = PrometheusMetrics(opening(kind="prometheus", match='env="prod"'), transport(watched))
    asked.details(SCOPE, asked.series(SCOPE))
    asked.close()
    (form,) = forms
    assert form["query"] == [
        '{__name__=~"requests_total|requests_total_bucket|requests_total_count|requests_total_sum", '
        'instance="pay-1", job="pay", env="prod"}'
    ]
    assert float(form["end"][0]) - float(form["start"][0]) == SCOPE.incident.seconds


def test_quantiles_in_a_foreign_form_leave_the_levels_standing() -> None:
    class Odd(Knowing):
        def _instant(self, query: str) -> list[dict[str, Any]]:
            if "histogram_quantile" in query:
                return [{"metric": {"unlike": "asked"}, "value": [T0, "1"]}]
            if query.startswith("count by (__name__)"):
                return [{"metric": {"__name__": f"wait_{part}"}, "value": [T0, "1"]} for part in ("count", "sum")]
            return super()._instant(query)

    asked = source(Odd(values=["wait_count", "wait_sum"]))
    rows = asked.series(SCOPE)
    assert [row.metric for row in rows] == ["wait"]
    assert asked.details(SCOPE, rows) == [MetricDetail()]
    assert asked.degradations()[-1].startswith("no details of metrics: ")
    asked.close()
