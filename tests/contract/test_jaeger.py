"""Jaeger's query API gives the evidence of the embedded store.

Jaeger rounds times to microseconds, so values may differ by a thousandth. It is known by recordings
(`recordings/jaeger.json`); `Fake` answers in their form from other spans too, and refuses what they refused.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from agent.investigation.intake import whole_extent
from tests.builders import Folder
from tests.contract.recorded import RECORDING, Recorded, Tolerance, assert_same, recorded, survey
from tests.contract.replay import recordings, replay
from tests.contract.spans import as_jaeger, stored_traces
from tools.errors import InputError, SourceError
from tools.live.budget import Budget
from tools.live.opening import Opening
from tools.live.settings import BackendSettings
from tools.live.traces.jaeger import JaegerTraces
from tools.sources import Telemetry
from tools.window import NS, Scope, TimeWindow

ROUNDED = Tolerance(relative=0.002, onset_seconds=0.1)
ANALYSERS = ("latency", "errors", "structure", "segments")
RECORDED_AT = TimeWindow(start_ns=1795506102 * NS, end_ns=1795506152 * NS)


class Fake:
    """Answers searches from a list of traces as the recorded server did; anything else comes from the recordings."""

    def __init__(self, traces: list[dict[str, Any]]) -> None:
        self.traces = {trace["spans"][0]["traceID"]: trace for trace in traces}
        self.searches: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        params, path = dict(request.url.params), request.url.path
        if path == "/api/services":
            return _data(sorted({p["serviceName"] for t in self.traces.values() for p in t["processes"].values()}))
        if path == "/api/traces" and "service" in params:
            self.searches.append(params)
            return _data(self._found(params))
        if path.startswith("/api/traces/"):
            trace = self.traces.get(path.rsplit("/", 1)[1])
            return _data([trace] if trace else [])
        found = replay("jaeger", request)
        assert found is not None, f"nothing recorded for {request.url}"
        return found

    def _found(self, params: dict[str, str]) -> list[dict[str, Any]]:
        start, end = int(params["start"]), int(params["end"])
        assert 10**15 < start <= end < 10**16, "Jaeger's times are microseconds"
        assert 0 < int(params["limit"]) <= 1000, "VictoriaTraces refuses more"
        found = [
            trace
            for trace in self.traces.values()
            if any(p["serviceName"] == params["service"] for p in trace["processes"].values())
            and any(start <= span["startTime"] <= end for span in trace["spans"])
        ]
        latest = sorted(found, key=lambda trace: -max(span["startTime"] for span in trace["spans"]))
        return latest[: int(params["limit"])]


def _data(found: list[Any]) -> httpx.Response:
    return httpx.Response(200, json={"data": found, "errors": None, "limit": 0, "offset": 0, "total": len(found)})


def source(fake: Fake, horizon: TimeWindow, **fields: Any) -> JaegerTraces:
    settings = BackendSettings.model_validate(
        {"kind": "jaeger", "url": "http://jaeger.test:16686", "tries": 1, **fields}
    )
    opening = Opening(settings, "traces", horizon, Budget(60), Path("whydown.toml"))
    return JaegerTraces(opening, httpx.MockTransport(fake))


@pytest.fixture(scope="module")
def slow() -> Recorded:
    return recorded()


@pytest.fixture(scope="module")
def bundled() -> Fake:
    return Fake([as_jaeger(spans) for spans in stored_traces(RECORDING).values()])


def test_the_same_evidence_when_all_traces_fit(slow: Recorded, bundled: Fake) -> None:
    live = source(bundled, whole_extent(slow.telemetry), traces_per_window=5000)
    expected = survey(Telemetry(traces=slow.telemetry.traces), slow.scope, *ANALYSERS)
    assert len(expected) > 5
    assert_same(expected, survey(Telemetry(traces=live), slow.scope, *ANALYSERS), ROUNDED)


def test_a_sample_blames_the_same_service(slow: Recorded, bundled: Fake) -> None:
    live = source(bundled, whole_extent(slow.telemetry), traces_per_window=100)
    whole = survey(Telemetry(traces=slow.telemetry.traces), slow.scope, "latency")
    part = survey(Telemetry(traces=live), slow.scope, "latency")
    assert part[0].subject == whole[0].subject
    (note,) = [note for note in live.degradations() if "cannot aggregate" in note]
    assert "traces of the incident and" in note
    assert "counts are of these" in note


def test_bytes_do_not_grow_with_traffic(slow: Recorded, bundled: Fake) -> None:
    busy = Fake(
        [
            json.loads(json.dumps(trace).replace(key, f"{copy}{key[1:]}"))
            for key, trace in bundled.traces.items()
            for copy in "12345"
        ]
    )
    cost = {}
    for name, fake in (("calm", bundled), ("busy", busy)):
        live = source(fake, whole_extent(slow.telemetry), traces_per_window=60)
        live.operations(slow.scope)
        cost[name] = live.fetched()
    assert cost["busy"].bytes < 1.5 * cost["calm"].bytes
    assert cost["busy"].requests == cost["calm"].requests < 200


def recorded_traces() -> list[dict[str, Any]]:
    """Return every trace of the recorded answers once."""
    found = {
        trace["spans"][0]["traceID"]: trace
        for answer in recordings("jaeger")
        if answer.path.startswith("/api/traces") and answer.status == 200
        for trace in answer.json()["data"]
    }
    return list(found.values())


def recorded_folder(path: Path) -> Folder:
    """Return the recorded spans as an incident folder, converted by other code than the one under test."""
    rows = []
    for trace in recorded_traces():
        for span in trace["spans"]:
            tags = {tag["key"]: str(tag["value"]) for tag in span["tags"]}
            process = trace["processes"][span["processID"]]
            resource = {tag["key"]: tag["value"] for tag in process["tags"]}
            rows.append(
                {
                    "trace_id": span["traceID"],
                    "span_id": span["spanID"],
                    "parent_span_id": next((r["spanID"] for r in span["references"]), None),
                    "service": process["serviceName"],
                    "operation": span["operationName"],
                    "start_unix_nano": span["startTime"] * 1000,
                    "duration_ns": span["duration"] * 1000,
                    "pod": resource.get("service.instance.id"),
                    "status": "ERROR" if tags["error"] == "true" else "UNSET",
                    "kind": tags.get("span.kind", ""),
                    "peer": _peer(tags),
                }
            )
    return Folder(path).rows("traces", rows)


def _peer(tags: dict[str, str]) -> str | None:
    if tags.get("span.kind") != "client":
        return None
    if "db.system" in tags:
        return tags["db.system"]
    return httpx.URL(tags["http.url"]).netloc.decode() if "http.url" in tags else None


def test_recorded_spans_give_the_rows_of_a_folder_built_from_them(tmp_path: Path) -> None:
    embedded = recorded_folder(tmp_path).traces()
    live = source(Fake(recorded_traces()), RECORDED_AT, traces_per_window=5000)
    middle = RECORDED_AT.start_ns + 25 * NS
    scope = Scope.of(
        TimeWindow(start_ns=middle, end_ns=RECORDED_AT.end_ns),
        [TimeWindow(start_ns=RECORDED_AT.start_ns, end_ns=middle)],
    )
    assert live.topology(scope) == embedded.topology(scope)
    assert len(live.topology(scope)) >= 5
    for ours, theirs in zip(live.operations(scope), embedded.operations(scope), strict=True):
        assert (ours.service, ours.operation, ours.errors) == (theirs.service, theirs.operation, theirs.errors)
        assert (ours.error_origins, ours.own.incident.n) == (theirs.error_origins, theirs.own.incident.n)
        assert ours.total.incident.p50 == pytest.approx(theirs.total.incident.p50, nan_ok=True)
        assert ours.own.baseline.mean == pytest.approx(theirs.own.baseline.mean, nan_ok=True)


def test_recorded_answers_are_understood() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        found = replay("jaeger", request)
        assert found is not None, f"nothing recorded for {request.url}"
        return found

    live = source(handle, RECORDED_AT)  # type: ignore[arg-type]  # a function is fake enough here
    assert live.services() == [
        "cart", "catalog", "checkout", "frontend", "gateway", "inventory", "payment", "recommend"
    ]  # fmt: skip
    spans = live.trace("4cc6d8a7ea55a5be83555115c8eeb7f8")
    assert len(spans) == 10, "the server held every span three times, at different times"
    assert all(RECORDED_AT.contains(span.start_ns) for span in spans)
    assert spans[0].parent_span_id == ""
    assert spans[0].start_ns < spans[-1].start_ns
    assert {span.pod for span in spans} >= {"cart-1", "gateway-1"}
    assert live.trace("00000000000000000000000000000001") == []


def test_an_unknown_trace_of_jaeger_itself_is_no_failure() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, json={"data": None, "errors": [{"code": 404, "msg": "trace not found"}]})

    assert source(handle, RECORDED_AT).trace("1") == []  # type: ignore[arg-type]  # as above


def test_another_server_is_told_from_jaeger() -> None:
    live = source(lambda request: httpx.Response(200, json=["hello"]), RECORDED_AT)  # type: ignore[arg-type]  # as above
    with pytest.raises(SourceError, match="Jaeger"):
        live.services()


def test_there_is_no_query_to_show(slow: Recorded, bundled: Fake) -> None:
    with pytest.raises(InputError, match="sampled traces"):
        source(bundled, RECORDED_AT).sql("operations", slow.scope)


def test_services_are_renamed_both_ways(slow: Recorded, bundled: Fake) -> None:
    live = source(bundled, whole_extent(slow.telemetry), services={"payment": "payments-team"})
    assert "payments-team" in live.services()
    assert "payments-team" in {operation.service for operation in live.operations(slow.scope)}
    assert live.resource("payments-team")["service.version"]
    assert {search["service"] for search in bundled.searches} >= {"payment"}


def test_spans_older_than_the_list_of_services_are_read_by_their_names(slow: Recorded, bundled: Fake) -> None:
    """VictoriaTraces lists services of the last three days."""

    def forgetful(request: httpx.Request) -> httpx.Response:
        return _data([]) if request.url.path == "/api/services" else bundled(request)

    horizon = whole_extent(slow.telemetry)
    named = {name: name for name in ("gateway", "checkout")}
    live = source(forgetful, horizon, services=named)  # type: ignore[arg-type]  # a function is fake enough here
    assert live.services() == ["checkout", "gateway"]
    assert len(live.operations(slow.scope)) > 5
    assert source(forgetful, horizon).services() == []  # type: ignore[arg-type]  # as above
    assert "name yours under services" in live.hint()


def test_an_empty_list_may_be_null_and_an_unknown_trace_a_404() -> None:
    """Jaeger writes null for what is empty, VictoriaTraces answers 404 with an empty list since 0.8."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/api/traces/"):
            return httpx.Response(404, json={"data": [], "errors": None, "limit": 0, "offset": 0, "total": 0})
        return httpx.Response(200, json={"data": None, "total": 0, "errors": None})

    live = source(handle, RECORDED_AT)  # type: ignore[arg-type]  # a function is fake enough here
    assert live.services() == []
    assert live.trace("00000000000000000000000000000001") == []


def test_the_parent_is_told_by_references_of_the_same_trace() -> None:
    """A child's reference comes before that of a message's consumer; links to other traces are no parents."""

    def span(number: int, *references: tuple[str, str, int]) -> dict[str, Any]:
        told = [{"refType": kind, "traceID": trace, "spanID": f"{of:x}"} for kind, trace, of in references]
        name = {"traceID": "ab", "spanID": f"{number:x}", "operationName": f"op{number}", "references": told}
        return {
            **name,
            "startTime": 1795506110000000 + number,
            "duration": 10,
            "processID": "p1",
            "tags": [],
            "logs": None,
        }

    trace = {
        "traceID": "ab",
        "processes": {"p1": {"serviceName": "cart", "tags": None}},
        "spans": [
            span(1, ("FOLLOWS_FROM", "cd", 9)),
            span(2, ("FOLLOWS_FROM", "ab", 1)),
            span(3, ("FOLLOWS_FROM", "ab", 1), ("CHILD_OF", "ab", 2)),
        ],
    }
    live = source(lambda request: _data([trace]), RECORDED_AT)  # type: ignore[arg-type]  # a function is fake enough here
    spans = live.trace("ab")
    assert [row.parent_span_id.lstrip("0") for row in spans] == ["", "1", "2"]
    assert {row.trace_id for row in spans} == {"ab".zfill(32)}
