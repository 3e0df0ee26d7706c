"""Grafana Tempo gives the evidence of the embedded store.

Sampled spans are exact to the nanosecond. Entries are counted by Tempo in intervals of its own, and the
quantiles of a window are means of those of its intervals, hence the wider tolerance for them. Tempo is
known by recordings (`recordings/tempo.json`); `Fake` answers in their form from other spans too.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from agent.investigation.intake import whole_extent
from tests.builders import Folder
from tests.contract.recorded import RECORDING, Recorded, Tolerance, assert_same, recorded, survey
from tests.contract.replay import recordings, replay
from tests.contract.spans import StoredSpan, as_otlp, begins_in, stored_traces
from tools.errors import InputError, SourceError
from tools.live.budget import Budget
from tools.live.opening import Opening
from tools.live.settings import BackendSettings
from tools.live.traces.tempo import TempoTraces
from tools.otlp.decode.json_values import hex_id
from tools.sources import Telemetry
from tools.window import NS, Scope, TimeWindow

EXACT = Tolerance(relative=1e-6, onset_seconds=0.1)
RECORDED_AT = TimeWindow(start_ns=1795506102 * NS, end_ns=1795506152 * NS)


class Fake:
    """Answers as the recorded Tempo did, from spans; anything else comes from the recordings."""

    def __init__(self, traces: dict[str, list[StoredSpan]], metrics: bool = True) -> None:
        self.traces = traces
        self.metrics = metrics

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        params, path = dict(request.url.params), request.url.path
        if path == "/api/v2/search/tag/resource.service.name/values":
            names = sorted({span.service for spans in self.traces.values() for span in spans})
            return httpx.Response(200, json={"tagValues": [{"type": "string", "value": name} for name in names]})
        if path == "/api/search":
            return httpx.Response(200, json={"traces": self._search(params)})
        if path.startswith("/api/v2/traces/"):
            spans = self.traces.get(path.rsplit("/", 1)[1].zfill(32), [])
            return httpx.Response(
                200, json={"trace": {"resourceSpans": as_otlp(spans)} if spans else {}, "metrics": {}}
            )
        if path == "/api/metrics/query_range":
            if not self.metrics:
                return httpx.Response(404, text="404 page not found")
            return httpx.Response(200, json={"series": list(self._series(params))})
        found = replay("tempo", request)
        assert found is not None, f"nothing recorded for {request.url}"
        return found

    def _search(self, params: dict[str, str]) -> list[dict[str, Any]]:
        assert params["q"] == "{}"
        window = _window(params)
        found = [spans for spans in self.traces.values() if begins_in(spans, window)]
        found.sort(key=lambda spans: -spans[0].start_ns)
        return [
            {"traceID": spans[0].trace.lstrip("0"), "startTimeUnixNano": str(spans[0].start_ns)}
            for spans in found[: int(params["limit"])]
        ]

    def _series(self, params: dict[str, str]) -> Any:
        """Yield series as TraceQL metrics do: a sample at the end of each interval, no value where it is 0."""
        window, step = _window(params), int(params["step"].removesuffix("s")) * NS
        assert params["q"].startswith("{nestedSetParent<0")
        roots: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for spans in self.traces.values():
            for span in spans:
                wanted = "status=error" not in params["q"] or span.status == "ERROR"
                if not span.parent and wanted and window.contains(span.start_ns):
                    roots[span.service, span.name][(span.start_ns // step + 1) * step].append(span.duration_ns)
        ends = range(window.start_ns // step * step + step, window.end_ns + step, step)
        for (service, name), durations in roots.items():
            for level, value in _values(params["q"], step):
                yield {
                    "labels": [_label("resource.service.name", service), _label("name", name), *level],
                    "samples": [
                        {"timestampMs": str(end // 1_000_000), **({"value": value(found)} if found else {})}
                        for end in ends
                        for found in [durations.get(end, [])]
                    ],
                }


def _values(query: str, step: int) -> list[tuple[list[dict[str, Any]], Callable[[list[int]], float]]]:
    if "rate()" in query:
        return [([], lambda found: len(found) / (step / NS))]
    levels = [float(text) for text in re.findall(r"\.\d+", query.split("duration", 1)[1])]
    return [
        (
            [{"key": "p", "value": {"doubleValue": level}}],
            lambda found, level=level: float(np.quantile(found, level)) / NS,  # type: ignore[misc]  # mypy knows no default
        )
        for level in levels
    ]


def _label(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}


def _window(params: dict[str, str]) -> TimeWindow:
    start, end = int(params["start"]), int(params["end"])
    assert 10**9 < start < end < 10**10, "Tempo's times are whole seconds"
    return TimeWindow(start_ns=start * NS, end_ns=end * NS)


def source(
    handler: Callable[[httpx.Request], httpx.Response], horizon: TimeWindow = RECORDED_AT, **fields: Any
) -> TempoTraces:
    settings = BackendSettings.model_validate({"kind": "tempo", "url": "http://tempo.test:3200", "tries": 1, **fields})
    opening = Opening(settings, "traces", horizon, Budget(60), Path("whydown.toml"))
    return TempoTraces(opening, httpx.MockTransport(handler))


def replayed(request: httpx.Request) -> httpx.Response:
    found = replay("tempo", request)
    assert found is not None, f"nothing recorded for {request.url}"
    return found


@pytest.fixture(scope="module")
def slow() -> Recorded:
    return recorded()


@pytest.fixture(scope="module")
def bundled() -> Fake:
    return Fake(stored_traces(RECORDING))


def test_the_same_evidence_when_all_traces_fit(slow: Recorded, bundled: Fake) -> None:
    live = source(bundled, whole_extent(slow.telemetry), traces_per_window=5000)
    analysers = ("latency", "errors", "structure", "segments")
    expected = survey(Telemetry(traces=slow.telemetry.traces), slow.scope, *analysers)
    assert len(expected) > 5
    assert_same(expected, survey(Telemetry(traces=live), slow.scope, *analysers), EXACT)


def test_entries_are_counted_over_all_traffic(slow: Recorded, bundled: Fake) -> None:
    assert slow.telemetry.traces is not None
    live = source(bundled, whole_extent(slow.telemetry), traces_per_window=20)
    found = {(e.service, e.operation): e for e in live.entries(slow.scope)}
    for want in slow.telemetry.traces.entries(slow.scope):
        if want.duration.baseline.n < 50:
            continue
        got = found[want.service, want.operation]
        assert math.isclose(got.duration.baseline.n, want.duration.baseline.n, rel_tol=0.1)
        assert math.isclose(got.duration.incident.n, want.duration.incident.n, rel_tol=0.1)
        assert math.isclose(got.duration.incident.p50, want.duration.incident.p50, rel_tol=0.3)
        assert abs(got.errors.incident - want.errors.incident) <= 0.1 * want.errors.incident + 1
    assert live.sql("entries", slow.scope).startswith("{nestedSetParent<0} | rate()")


def test_without_traceql_metrics_entries_are_those_of_the_sample(slow: Recorded) -> None:
    live = source(Fake(stored_traces(RECORDING), metrics=False), whole_extent(slow.telemetry))
    assert slow.telemetry.traces is not None
    busy = {e.operation for e in slow.telemetry.traces.entries(slow.scope) if e.duration.incident.n > 50}
    assert busy <= {entry.operation for entry in live.entries(slow.scope)}
    assert any("no TraceQL metrics" in note for note in live.degradations())
    assert any("cannot aggregate" in note for note in live.degradations())


def test_a_sample_of_rates_covers_the_interval_that_ends_there() -> None:
    """Recorded: every log line of `cart` stands for three spans, and log buckets are named after their start."""
    rates = next(r for r in recordings("tempo") if r.params.get("q") == "{} | rate() by (resource.service.name)")
    hits = next(r for r in recordings("victorialogs") if r.path.endswith("/stats_query_range"))
    (lines,) = [r["values"] for r in hits.json()["data"]["result"] if r["metric"]["service.name"] == "cart"]
    (spans,) = [s["samples"] for s in rates.json()["series"] if s["labels"][0]["value"]["stringValue"] == "cart"]
    by_start = {int(sample["timestampMs"]) // 1000 - 10: 10 * sample.get("value", 0.0) for sample in spans}
    assert [round(by_start[start]) for start, _ in lines] == [3 * int(n) for _, n in lines]


def test_recorded_answers_are_understood() -> None:
    live = source(replayed)
    assert live.services() == ["cart", "catalog", "checkout", "gateway", "inventory", "payment", "recommend"]
    spans = live.trace("7e824cfe5aed822402a53147cdf67f")
    assert {span.service for span in spans} == {"gateway", "catalog"}
    assert spans[0].trace_id == "007e824cfe5aed822402a53147cdf67f"
    assert spans[0].status == "ERROR"
    assert spans[0].duration_ns == 1795506132831788694 - 1795506129825007717
    assert live.trace("00000000000000000000000000000001") == []


def test_a_recorded_trace_gives_the_rows_of_a_folder_built_from_it(tmp_path: Path) -> None:
    answer = next(r for r in recordings("tempo") if r.path.startswith("/api/v2/traces/7e82"))
    rows = []
    for batch in answer.json()["trace"]["resourceSpans"]:
        resource = {a["key"]: a["value"]["stringValue"] for a in batch["resource"]["attributes"]}
        for span in (span for scope in batch["scopeSpans"] for span in scope["spans"]):
            start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
            rows.append(
                {
                    "trace_id": hex_id(span["traceId"]),
                    "span_id": hex_id(span["spanId"]),
                    "parent_span_id": hex_id(span.get("parentSpanId")) or None,
                    "service": resource["service.name"],
                    "operation": span["name"],
                    "start_unix_nano": start,
                    "duration_ns": end - start,
                    "status": "ERROR" if span["status"].get("code") == "STATUS_CODE_ERROR" else "UNSET",
                    "kind": span["kind"].removeprefix("SPAN_KIND_").lower(),
                    "peer": _peer(span),
                }
            )

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/search":
            found = next(r for r in recordings("tempo") if r.params.get("q") == '{resource.service.name="gateway"}')
            return found.answer() if int(request.url.params["start"]) <= 1795506129 else httpx.Response(200, json={})
        if request.url.path.endswith("/007e824cfe5aed822402a53147cdf67f"):
            return answer.answer()
        return httpx.Response(200, json={"trace": {}})

    scope = Scope.of(RECORDED_AT, [])
    embedded = Folder(tmp_path).rows("traces", rows).traces()
    live = source(handle)
    assert [(o.service, o.operation, o.total.incident.p50) for o in live.operations(scope)] == [
        (o.service, o.operation, o.total.incident.p50) for o in embedded.operations(scope)
    ]
    assert live.topology(scope) == embedded.topology(scope)


def _peer(span: dict[str, Any]) -> str | None:
    values = {a["key"]: a["value"].get("stringValue", "") for a in span["attributes"]}
    address = values["http.url"].split("/")[2] if "http.url" in values else None
    return (values.get("db.system") or address) if span["kind"] == "SPAN_KIND_CLIENT" else None


def test_a_query_it_cannot_parse_is_one_line() -> None:
    refused = next(r for r in recordings("tempo") if r.status == 400)
    live = source(lambda request: refused.answer())
    with pytest.raises(SourceError, match="parse error at line 1") as caught:
        live.operations(Scope.of(RECORDED_AT, []))
    assert "\n" not in str(caught.value)


def test_an_older_tempo_is_asked_in_its_own_way() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if "/v2/" in request.url.path:
            return httpx.Response(404, text="404 page not found")
        return replayed(request)

    assert len(source(handle).trace("7e824cfe5aed822402a53147cdf67f")) == 4


def test_incomplete_traces_are_told() -> None:
    live = source(lambda request: httpx.Response(200, json={"trace": {}, "status": "PARTIAL", "message": "too large"}))
    live.trace("1")
    assert any("too large" in note for note in live.degradations())


def test_only_entries_have_a_query(slow: Recorded, bundled: Fake) -> None:
    with pytest.raises(InputError, match="sampled traces"):
        source(bundled).sql("edges", slow.scope)


def test_traffic_that_is_counted_for_one_window_only_is_not_compared(slow: Recorded, bundled: Fake) -> None:
    def forgetful(request: httpx.Request) -> httpx.Response:
        early = int(request.url.params.get("start", 0)) * NS < slow.scope.incident.start_ns - NS
        if "query_range" in request.url.path and early:
            return httpx.Response(400, text="range exceeds max_duration (3h0m0s)")
        return bundled(request)

    live = source(forgetful, whole_extent(slow.telemetry))
    assert all(entry.duration.baseline.n for entry in live.entries(slow.scope) if entry.duration.incident.n > 20)
    assert any("of one window only; entries are those of sampled traces" in note for note in live.degradations())
    assert any("answered 3 of 6 queries; traffic evidence is incomplete" in note for note in live.degradations())
