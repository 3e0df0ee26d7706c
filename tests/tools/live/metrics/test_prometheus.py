"""What a server cannot be made to do: partial failures, foreign answers, other versions. Servers: tests/contract."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.builders import SCOPE, T0
from tests.tools.live.backend import opening, transport
from tools.errors import ConfigError, InputError, SourceError
from tools.evidence import Subject
from tools.live.metrics.prometheus import PrometheusMetrics

COUNTS = {"up": 2, "requests_total": 3}


class Fake:
    """A tiny Prometheus: two metrics of one service. `refuse` is a pattern of queries that get a 422."""

    def __init__(self, refuse: str = "$^", **answer: Any) -> None:
        self.refuse = refuse
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        form = {key: values[0] for key, values in parse_qs(request.content.decode()).items()}
        query = form.get("query", "")
        self.asked.append(query or request.url.path)
        if re.search(self.refuse, f"{request.url.path} {query}"):
            return httpx.Response(422, json={"status": "error", "error": "too many samples"})
        if (listed := self.listed(request.url.path)) is not None:
            return httpx.Response(200, json={"status": "success", "data": listed})
        results = self._range(query, form) if "range" in request.url.path else self._instant(query)
        return httpx.Response(200, json={"status": "success", "data": {"result": results}, **self.answer})

    def listed(self, path: str) -> Any:
        """Return what is not the result of a query."""
        return {"/api/v1/metadata": {}, "/api/v1/label/__name__/values": list(COUNTS)}.get(path)

    def _instant(self, query: str) -> list[dict[str, Any]]:
        if query.startswith("count by (__name__)"):
            return [{"metric": {"__name__": name}, "value": [T0, str(n)]} for name, n in COUNTS.items()]
        if query.startswith("count by"):
            return [{"metric": {"job": "pay"}, "value": [T0, "5"]}]
        if "histogram_count" in query:
            return []
        return [{"metric": {"whydown_metric": name}, "value": [T0, "12"]} for name in COUNTS]

    def _range(self, query: str, form: dict[str, str]) -> list[dict[str, Any]]:
        names = re.findall(r'"whydown_metric", "(\w+)"', query)
        labels = {"job": "pay", "instance": "pay-1"}
        points = [[float(form["start"]), "1"], [float(form["end"]), "NaN"]]
        return [{"metric": {**labels, "whydown_metric": name}, "values": points} for name in names]


def source(fake: Fake, **fields: Any) -> PrometheusMetrics:
    return PrometheusMetrics(opening(kind="prometheus", **fields), transport(fake))


def test_series_of_both_windows_without_what_is_no_number() -> None:
    fake = Fake()
    asked = source(fake)
    series = asked.series(SCOPE)
    assert [(s.service, s.pod, s.metric) for s in series] == [
        ("pay", "pay-1", "requests_total"),
        ("pay", "pay-1", "up"),
    ]
    assert all(s.values.baseline.tolist() == [1.0] == s.values.incident.tolist() for s in series)
    assert asked.fetched().rows == 2 * 2 * 2 + 4 + 2
    asked.close()


def test_the_same_comparison_is_asked_for_once() -> None:
    fake = Fake()
    asked = source(fake)
    first, count = asked.series(SCOPE), len(fake.asked)
    assert asked.series(SCOPE) is first
    assert len(fake.asked) == count
    asked.close()


def test_a_refused_query_is_stated_and_the_others_count() -> None:
    fake = Fake(refuse=r"requests_total.*\n?.*\[5s\]|rate\(")
    asked = source(fake)
    with pytest.raises(SourceError, match="too many samples"):
        asked.series(SCOPE)
    asked.close()

    class HalfDown(Fake):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            late = b"range" in request.url.raw_path and f"end={T0 + 60}".encode() in request.content
            return httpx.Response(400, text="no") if late else super().__call__(request)

    asked = source(HalfDown())
    assert all(s.values.baseline.size == 0 for s in asked.series(SCOPE))
    (note,) = asked.degradations()
    assert note.startswith("prometheus backend.test:9090 answered 1 of 2 queries; metric evidence is incomplete")
    asked.close()


def test_warnings_of_a_federated_backend_are_passed_on() -> None:
    asked = source(Fake(warnings=["store sidecar-2 did not answer"]))
    asked.series(SCOPE)
    assert asked.degradations() == ["prometheus backend.test:9090 warns: store sidecar-2 did not answer"]
    asked.close()


def test_missing_metadata_is_no_failure() -> None:
    asked = source(Fake(refuse="metadata"))
    assert len(asked.series(SCOPE)) == 2
    assert asked.degradations() == []
    asked.close()


def test_another_server_behind_the_address_is_told() -> None:
    asked = PrometheusMetrics(opening(), transport(lambda request: httpx.Response(200, json=["hello"])))
    with pytest.raises(SourceError, match="does not answer as Prometheus does"):
        asked.services()
    asked.close()


@pytest.mark.parametrize(
    "result", [None, [1], [{"metric": 1}], [{"metric": {}, "values": [[1]]}], [{"metric": {}, "value": [1, "x"]}]]
)
def test_series_of_a_foreign_form_are_refused(result: object) -> None:
    answer = {"status": "success", "data": {"result": result}}
    asked = PrometheusMetrics(opening(), transport(lambda request: httpx.Response(200, json=answer)))
    with pytest.raises(SourceError, match="holds no series"):
        asked.services()
    asked.close()


def test_names_are_left_out_on_request() -> None:
    fake = Fake()
    asked = source(fake, ignore="go_.*", match='env="prod"')
    asked.series(SCOPE)
    assert any('__name__!~"go_.*", env="prod"' in query for query in fake.asked)
    asked.close()


@pytest.mark.parametrize("fields", [{"match": "env=prod"}, {"max_series": 0}, {"tokn": "x"}])
def test_wrong_settings_name_themselves(fields: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(fields))):
        source(Fake(), **fields)


def test_only_series_have_promql() -> None:
    asked = source(Fake())
    assert "rate(" in asked.sql("series", SCOPE)
    with pytest.raises(InputError, match="known: series"):
        asked.sql("lines", SCOPE)
    asked.close()


def test_evidence_cites_a_command_with_the_settings_file() -> None:
    asked = source(Fake())
    cited = asked.query("series", SCOPE, Subject(kind="metric", service="pay", name="up"))
    assert cited.startswith("whydown show whydown.toml metrics --table series --incident ")
    asked.close()
