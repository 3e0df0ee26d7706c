"""Elasticsearch and OpenSearch give the evidence of the embedded store.

No real server was at hand. `Fake` is a fake: it follows the documented `_search` API, checks every request
against it and computes the aggregations that are sent, so what it proves is our side of the talk. Buckets
with more lines than are fetched of each are estimated, hence the tolerance.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import httpx
import pytest

from agent.investigation.intake import whole_extent
from tests.contract.lines import Handler, StoredLine, log_source, logs_alone, opening, stored_lines
from tests.contract.recorded import Recorded, Tolerance, assert_same, survey
from tools.errors import InputError, SourceError
from tools.live.logs.opensearch import PER_BUCKET, OpenSearchLogs
from tools.sources import Telemetry
from tools.window import TimeWindow, parse_moment, to_iso

ESTIMATED = Tolerance(relative=0.1, onset_seconds=10.0)


class Fake:
    """The documented `_search` over lines with the fields of the Elastic Common Schema, nested or dotted."""

    def __init__(self, lines: list[StoredLine], nested: bool = True, failed_shards: int = 0) -> None:
        self.lines = lines
        self.nested = nested
        self.failed_shards = failed_shards

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        assert request.url.path in {"/logs-*,otel-logs-*/_search", "/app-*/_search"}
        assert request.headers["content-type"] == "application/json"
        assert dict(request.url.params)["ignore_unavailable"] == "true"
        body = json.loads(request.content)
        answer: dict[str, Any] = {
            "_shards": {"total": 5, "successful": 5 - self.failed_shards, "failed": self.failed_shards}
        }
        lines = [line for line in self.lines if _matches(line, body["query"])]
        if "aggs" in body:
            assert body["size"] == 0
            return httpx.Response(200, json={**answer, "aggregations": self._aggregations(lines, body["aggs"])})
        assert body["sort"] == [{"@timestamp": "asc"}]
        hits = [self._hit(line, body["_source"]) for line in lines[: body["size"]]]
        return httpx.Response(200, json={**answer, "hits": {"hits": hits}})

    def _aggregations(self, lines: list[StoredLine], aggs: dict[str, Any]) -> dict[str, Any]:
        return {name: self._aggregation(lines, aggregation) for name, aggregation in aggs.items()}

    def _aggregation(self, lines: list[StoredLine], aggregation: dict[str, Any]) -> dict[str, Any]:
        if "top_hits" in aggregation:
            size = aggregation["top_hits"]["size"]
            assert size <= 100, "index.max_inner_result_window"
            return {"hits": {"hits": [self._hit(line, aggregation["top_hits"]["_source"]) for line in lines[:size]]}}
        groups: dict[Any, list[StoredLine]] = defaultdict(list)
        if "terms" in aggregation:
            for line in lines:
                groups[_value(line, aggregation["terms"]["field"])].append(line)
            keys = sorted(groups, key=lambda key: -len(groups[key]))[: aggregation["terms"]["size"]]
        else:
            histogram = aggregation["date_histogram"]
            width, offset = (int(histogram[name].removesuffix("ms")) for name in ("fixed_interval", "offset"))
            assert histogram["min_doc_count"] == 1, "empty buckets cost bytes"
            for line in lines:
                groups[(line.time_ns // 1_000_000 - offset) // width * width + offset].append(line)
            keys = sorted(groups)
        below = aggregation.get("aggs", {})
        buckets = [{"key": k, "doc_count": len(groups[k]), **self._aggregations(groups[k], below)} for k in keys]
        return {"buckets": buckets, "sum_other_doc_count": len(lines) - sum(len(groups[key]) for key in keys)}

    def _hit(self, line: StoredLine, fields: list[str]) -> dict[str, Any]:
        source: dict[str, Any] = {}
        for name in fields:
            inside, (*outer, last) = source, name.split(".") if self.nested else [name]
            for step in outer:
                inside = inside.setdefault(step, {})
            inside[last] = _value(line, name)
        return {"_source": source}


def _value(line: StoredLine, field: str) -> str:
    return {
        "@timestamp": to_iso(line.time_ns),
        "service.name": line.service,
        "log.level": line.severity.lower(),
        "message": line.body,
        "trace.id": line.trace,
        "span.id": "",
        "kubernetes.pod.name": line.pod,
    }[field]


def _matches(line: StoredLine, query: dict[str, Any]) -> bool:
    ((kind, what),) = query.items()
    if kind == "bool":
        return all(_matches(line, part) for part in what["filter"])
    ((field, wanted),) = what.items()
    if kind == "range":
        assert wanted["format"] == "strict_date_optional_time_nanos"
        return parse_moment(wanted["gte"]) <= line.time_ns < parse_moment(wanted["lt"])
    if kind == "term":
        return bool(_value(line, field) == wanted)
    assert kind == "match_phrase"
    return str(wanted).lower() in _value(line, field).lower()


def source(handler: Handler, horizon: TimeWindow, **fields: object) -> OpenSearchLogs:
    return OpenSearchLogs(opening("opensearch", horizon, **fields), httpx.MockTransport(handler))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return logs_alone(tmp_path_factory.mktemp("lines"))


@pytest.mark.parametrize("nested", [True, False])
def test_the_same_evidence(there: Recorded, nested: bool) -> None:
    live = source(Fake(stored_lines(), nested), whole_extent(there.telemetry))
    expected = survey(there.telemetry, there.scope, "logs")
    assert len(expected) > 3
    assert_same(expected, survey(Telemetry(logs=live), there.scope, "logs"), ESTIMATED)


def test_totals_are_exact_though_lines_are_estimated(there: Recorded) -> None:
    """Ten of every line: most buckets hold more than are fetched, and the counts still add up."""
    live = source(Fake(stored_lines() * 10), whole_extent(there.telemetry))
    found, expected = live.lines(there.scope), log_source(there.telemetry).lines(there.scope)
    for service in {line.service for line in expected}:
        total = sum(line.n.incident for line in found if line.service == service)
        assert total == pytest.approx(10 * sum(x.n.incident for x in expected if x.service == service), rel=0.01, abs=3)
    assert any(f"estimated from {PER_BUCKET} lines each" in note for note in live.degradations())


def test_bytes_do_not_grow_with_traffic(there: Recorded) -> None:
    lines = stored_lines()
    busy, busier = (source(Fake(of), whole_extent(there.telemetry)) for of in (lines * 10, lines * 30))
    busy.lines(there.scope)
    busier.lines(there.scope)
    assert busier.fetched().bytes < 1.6 * busy.fetched().bytes


def test_lines_are_found(there: Recorded) -> None:
    live, embedded = source(Fake(stored_lines()), whole_extent(there.telemetry)), log_source(there.telemetry)
    for service, text in (("", ""), ("payment", "CHARGE"), ("cart", "")):
        ours = live.search(there.scope.incident, service, text, 7)
        theirs = embedded.search(there.scope.incident, service, text, 7)
        assert [(row.time_ns, row.body, row.pod) for row in ours] == [
            (row.time_ns, row.body, row.pod) for row in theirs
        ]


def test_services_of_the_named_index(there: Recorded) -> None:
    live = source(Fake(stored_lines()), whole_extent(there.telemetry), index="app-*", services={"cart": "basket"})
    assert "basket" in live.services()
    assert "cart" not in live.services()


def test_failed_shards_are_told(there: Recorded) -> None:
    live = source(Fake(stored_lines(), failed_shards=2), whole_extent(there.telemetry))
    live.lines(there.scope)
    assert any("answered from 3 of 5 shards" in note for note in live.degradations())


def test_a_missing_index_is_a_failure_with_a_remedy(there: Recorded) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"_shards": {"total": 0, "successful": 0, "failed": 0}, "hits": {"hits": []}})

    with pytest.raises(SourceError, match="set index"):
        source(handle, whole_extent(there.telemetry)).services()


def test_the_search_is_shown(there: Recorded) -> None:
    live = source(Fake(stored_lines()), whole_extent(there.telemetry))
    assert "date_histogram" in live.sql("lines", there.scope)
    with pytest.raises(InputError, match="known: lines"):
        live.sql("series", there.scope)
