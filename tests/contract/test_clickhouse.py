"""ClickHouse's real engine (chdb) gives the evidence that the embedded store gives.

The tolerance is tighter than for other backends: both compute the same numbers from the same rows. The
one difference is the text of metric attributes, which DuckDB quotes.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import clickhouse_connect
import numpy as np
import pytest

from agent.investigation.intake import whole_extent
from tests.builders import SCOPE, Folder, Log, Span
from tests.contract.clickhouse.engine import engine, load, new_database, server, transport
from tests.contract.recorded import RECORDINGS, Recorded, Tolerance, assert_same, recorded, survey
from tools.analysers import ALL
from tools.analysers.base import Analyser
from tools.analysers.survey import run_survey
from tools.config import SurveySettings
from tools.errors import SourceError
from tools.live.budget import Budget
from tools.live.clickhouse.changes import ClickHouseChanges
from tools.live.clickhouse.logs import ClickHouseLogs
from tools.live.clickhouse.metrics import ClickHouseMetrics
from tools.live.clickhouse.traces import ClickHouseTraces
from tools.live.opening import Opening
from tools.live.settings import BackendSettings
from tools.sources import LogSource, Telemetry, TraceSource
from tools.sources.protocols import Order
from tools.sources.rows import MetricSeries
from tools.window import Scope

EXACT = Tolerance(relative=1e-6, onset_seconds=0.001, strong=0.5)
ANALYSERS = ("latency", "errors", "structure", "logs", "segments", "topology")


@dataclasses.dataclass(frozen=True)
class Both:
    """One recording in the embedded store and in ClickHouse."""

    embedded: Recorded
    database: str

    def opening(self, url: str = "http://clickhouse.test:8123", **fields: Any) -> Opening:
        settings = BackendSettings.model_validate(
            {"kind": "clickhouse", "url": url, "database": self.database, "tries": 1, **fields}
        )
        horizon = whole_extent(self.embedded.telemetry)
        return Opening(settings, "traces", horizon, Budget(60), Path("whydown.toml"))

    def telemetry(self, **fields: Any) -> Telemetry:
        opening = self.opening(**fields)
        return Telemetry(
            traces=ClickHouseTraces(opening, transport()),
            logs=ClickHouseLogs(opening, transport()),
            metrics=ClickHouseMetrics(opening, transport()),
        )


def both(name: str) -> Both:
    folder = RECORDINGS / name
    database = new_database()
    load(database, folder)
    return Both(recorded(folder), database)


@pytest.fixture(scope="module")
def slow() -> Both:
    return both("payment-slow")


@pytest.mark.parametrize("name", ["payment-slow", "inventory-exception"])
def test_the_same_evidence_from_traces_and_logs(name: str) -> None:
    there = both(name)
    expected = survey(there.embedded.telemetry, there.embedded.scope, *ANALYSERS)
    assert len(expected) > 5
    assert_same(expected, survey(there.telemetry(), there.embedded.scope, *ANALYSERS), EXACT)


def test_the_same_evidence_from_metrics(slow: Both) -> None:
    expected = survey(slow.embedded.telemetry, slow.embedded.scope, "metrics")
    assert expected
    assert_same(expected, survey(slow.telemetry(), slow.embedded.scope, "metrics"), EXACT)


KEYS: dict[str, Callable[[Any], Any]] = {
    "operations": lambda row: (row.service, row.operation),
    "edges": lambda row: (row.service, row.peer, row.operation, row.leaf),
    "calls": lambda row: (row.entry, row.service, row.operation, row.peer, row.peer_operation, row.given),
    "topology": lambda row: (row.caller, row.callee),
}


@pytest.mark.parametrize("method", KEYS)
def test_every_number_of_every_row_is_the_same(slow: Both, method: str) -> None:
    key, scope = KEYS[method], slow.embedded.scope
    rows, live = getattr(slow.embedded.telemetry.traces, method)(scope), getattr(slow.telemetry().traces, method)(scope)
    expected = {key(row): row for row in rows if not getattr(row, "given", "")}
    found = {key(row): row for row in live if not getattr(row, "given", "")}
    assert len(expected) > 10
    assert found.keys() == expected.keys()
    for name, row in expected.items():
        assert list(differences(row, found[name])) == []


def test_kinds_of_request_are_told_apart_by_the_same_calls(tmp_path: Path) -> None:
    """Every request asks the cart, one in four pays, and of those that pay in the incident every other one mails."""
    spans = []
    for second in range(120):
        trace, pays = f"{second + 1:032x}", second % 4 == 0
        callees = ["cart", *(["pay"] if pays else []), *(["mail"] if pays and (second < 60 or second % 8 == 0) else [])]
        spans.append(Span(trace, f"{1:016x}", "", "front", "POST /", second, 50.0, kind="server"))
        spans += [
            Span(trace, f"{n + 2:016x}", f"{1:016x}", name, f"do {name}", second + 0.001, 5.0, kind="server")
            for n, name in enumerate(callees)
        ]
    folder, database = Folder(tmp_path).spans(*spans), new_database()
    load(database, tmp_path)
    live = trace_source(Both(Recorded(folder.open(), SCOPE), database).telemetry()).calls(SCOPE)
    expected = {KEYS["calls"](row): row for row in folder.traces().calls(SCOPE)}
    found = {KEYS["calls"](row): row for row in live}
    assert any(row.given == "mail do mail" for row in live)
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert list(differences(row, found[key])) == []


@pytest.mark.parametrize("ahead", [2.5, -0.4, 0.0])
def test_spans_by_another_clock_stray_by_the_same(tmp_path: Path, ahead: float) -> None:
    """In the incident the callee's clock is wrong; some calls it outlives, which say nothing about clocks."""
    spans = []
    for second in range(120):
        trace, late = f"{second + 1:032x}", ahead if second >= 60 else 0.0
        spans += [
            Span(trace, f"{1:016x}", "", "front", "GET /", second, 50.0, kind="server"),
            Span(trace, f"{2:016x}", f"{1:016x}", "front", "GET", second + 0.001, 20.0, kind="client"),
            Span(
                trace, f"{3:016x}", f"{2:016x}", "stock", "serve", second + 0.003 + late, 10.0 + 20 * (second % 3 == 0)
            ),
        ]
    folder, database = Folder(tmp_path).spans(*spans), new_database()
    load(database, tmp_path)
    live = trace_source(Both(Recorded(folder.open(), SCOPE), database).telemetry()).edges(SCOPE)
    expected = {KEYS["edges"](row): row for row in folder.traces().edges(SCOPE)}
    (edge,) = expected.values()
    assert 38 <= edge.stray.incident.n <= 40
    for row in live:
        assert list(differences(expected[KEYS["edges"](row)], row)) == []


def differences(a: Any, b: Any, where: str = "") -> Iterator[str]:
    if dataclasses.is_dataclass(a):
        for field in dataclasses.fields(a):
            yield from differences(getattr(a, field.name), getattr(b, field.name), f"{where}.{field.name}")
    elif isinstance(a, np.ndarray):
        if a.shape != b.shape or not np.allclose(a, b, rtol=1e-6):
            yield f"{where}: {a} ≠ {b}"
    elif isinstance(a, float):
        if not (math.isnan(a) and math.isnan(b)) and not math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-3):
            yield f"{where}: {a} ≠ {b}"
    elif a != b:
        yield f"{where}: {a} ≠ {b}"


def test_masked_lines_and_series_are_the_same(slow: Both) -> None:
    embedded, live, scope = slow.embedded.telemetry, slow.telemetry(), slow.embedded.scope
    lines = {(row.service, row.operation, row.masked): row for row in log_source(live).lines(scope)}
    for row in log_source(embedded).lines(scope):
        assert list(differences(row, lines[row.service, row.operation, row.masked])) == []
    for want, got in zip(unquoted(embedded, scope), unquoted(live, scope), strict=True):
        assert list(differences(want, got)) == []


def unquoted(telemetry: Telemetry, scope: Scope) -> list[MetricSeries]:
    """Return all series, their attributes without DuckDB's quotes."""
    assert telemetry.metrics is not None
    found = telemetry.metrics.series(scope)
    plain = [dataclasses.replace(row, attributes=row.attributes.replace("'", "")) for row in found]
    return sorted(plain, key=lambda row: (row.service, row.pod, row.peer, row.metric, row.attributes))


def log_source(telemetry: Telemetry) -> LogSource:
    assert telemetry.logs is not None
    return telemetry.logs


def trace_source(telemetry: Telemetry) -> TraceSource:
    assert telemetry.traces is not None
    return telemetry.traces


def test_lines_belong_to_what_a_service_was_asked_for_in_both(tmp_path: Path) -> None:
    spans = [
        Span("t1", "0a", service="gate", operation="GET /shop"),
        Span("t1", "0b", "0a", service="pay", operation="POST /charges"),
        Span("t1", "0c", "0b", service="pay", operation="Controller.charge"),
        Span("t1", "0d", "0c", service="pay", operation="Bank.ask"),
        Span("t1", "0e", "ff", service="pay", operation="Job.run"),
    ]
    lines = [Log("pay", f"line {span.id}", at=1, trace="t1", span=span.id) for span in spans[1:]]
    folder = Folder(tmp_path).spans(*spans).logs(*lines, Log("pay", "alone", at=2)).path
    database = new_database()
    load(database, folder)
    there = Both(recorded(folder), database)
    embedded, engine_s = there.embedded.telemetry.logs, there.telemetry().logs
    assert embedded is not None
    assert engine_s is not None
    told = [{(line.masked, line.operation, line.n) for line in logs.lines(SCOPE)} for logs in (embedded, engine_s)]
    assert told[0] == told[1]
    assert {operation for _, operation, _ in told[0]} == {"POST /charges", "Job.run", ""}


def test_samples_traces_and_resources_are_the_same(slow: Both) -> None:
    embedded, live = trace_source(slow.embedded.telemetry), trace_source(slow.telemetry())
    window = slow.embedded.scope.incident
    for order in get_args(Order):
        found = live.examples(window, "payment", "", order, 3)
        assert found == embedded.examples(window, "payment", "", order, 3)
    assert live.trace(found[0].trace_id) == embedded.trace(found[0].trace_id)
    assert live.trace("no such trace") == []
    assert live.resource("payment") == embedded.resource("payment")


def test_exceptions_that_only_events_record_are_the_same(tmp_path: Path) -> None:
    """A status with words of its own keeps them; of many events the first exception counts."""
    raised = {"name": "exception", "attributes": {"exception.type": "OSError", "exception.message": "x" * 400}}
    silent = {"name": "exception", "attributes": {"exception.type": "TimeoutError"}}
    events = [json.dumps([{"name": "retry", "attributes": {}}, raised, silent]), json.dumps([silent]), "", "[]"]
    spans = [Span(f"{n + 1:032x}", f"{1:016x}", at=70 + n, ms=5, error=True, events=e) for n, e in enumerate(events)]
    spans.append(Span(f"{9:032x}", f"{1:016x}", at=80, error=True, status_message="said", events=events[0]))
    folder, database = Folder(tmp_path).spans(*spans), new_database()
    load(database, tmp_path)
    live = trace_source(Both(Recorded(folder.open(), SCOPE), database).telemetry())
    found = live.examples(SCOPE.incident, "front", "", "earliest", 9)
    assert found == folder.traces().examples(SCOPE.incident, "front", "", "earliest", 9)
    assert [row.status_message for row in found] == [f"OSError: {'x' * 300}", "TimeoutError", "", "", "said"]


def test_lines_are_found_by_service_and_text(slow: Both) -> None:
    embedded, live = log_source(slow.embedded.telemetry), log_source(slow.telemetry())
    window = slow.embedded.scope.incident
    assert len(live.search(window, "payment", "CHARGE", 5)) == 5
    for service, text in (("payment", ""), ("", "order"), ("payment", "it's \\ 100%")):
        assert live.search(window, service, text, 10) == embedded.search(window, service, text, 10)


def test_over_http_with_a_client_that_is_not_ours_as_witness(slow: Both) -> None:
    scope = slow.embedded.scope
    with server() as url:
        host, port = url.removeprefix("http://").split(":")
        witness = clickhouse_connect.get_client(host=host, port=int(port), database=slow.database, compress=False)
        assert witness.query("SELECT count() FROM otel_traces").result_rows[0][0] > 10_000
        witness.close()
        source = ClickHouseTraces(slow.opening(url))
        assert len(source.operations(scope)) == len(trace_source(slow.telemetry()).operations(scope))
        fetched = source.fetched()
        source.close()
    assert fetched.answers == fetched.requests > 3
    assert 0 < fetched.bytes < 500_000


def test_bytes_grow_with_services_and_not_with_traffic(slow: Both) -> None:
    """Four times the spans of the same operations must not be four times the bytes."""
    busy = new_database()
    for copy in range(4):
        engine().command(
            f"INSERT INTO {busy}.otel_traces SELECT * REPLACE (concat(TraceId, '{copy}') AS TraceId) "
            f"FROM {slow.database}.otel_traces"
        )
    bytes_of = {}
    for name in (slow.database, busy):
        telemetry = Both(slow.embedded, name).telemetry()
        survey(Telemetry(traces=telemetry.traces), slow.embedded.scope, "latency", "errors", "structure", "topology")
        assert isinstance(telemetry.traces, ClickHouseTraces)
        bytes_of[name] = telemetry.traces.fetched().bytes
    assert bytes_of[busy] < 1.2 * bytes_of[slow.database]


def test_above_the_limit_whole_traces_are_sampled_and_that_is_said(slow: Both) -> None:
    traces = trace_source(slow.telemetry(max_spans=2000))
    entries = {(e.service, e.operation): e for e in traces.entries(slow.embedded.scope)}
    for want in trace_source(slow.embedded.telemetry).entries(slow.embedded.scope):
        if want.duration.baseline.n > 100:
            got = entries[want.service, want.operation].duration.baseline
            assert 0.5 < got.n / want.duration.baseline.n < 2
    assert any("traces is read" in note for note in traces.degradations())


def test_a_mistake_is_one_line_with_a_remedy(slow: Both) -> None:
    wrong = ClickHouseTraces(slow.opening(traces_table="nosuch"), transport())
    failed = run_survey(Telemetry(traces=wrong), slow.embedded.scope, *_settings_and_analysers())
    assert failed.evidence == []
    assert all("\n" not in failure for failure in failed.failures)
    with pytest.raises(SourceError, match="nosuch"):
        wrong.services()


def _settings_and_analysers() -> tuple[SurveySettings, list[Analyser]]:
    return SurveySettings(), [analyser for analyser in ALL if analyser.name == "latency"]


def test_nothing_can_be_written(slow: Both) -> None:
    source = ClickHouseTraces(slow.opening(), transport())
    with pytest.raises(SourceError, match="readonly"):
        source.rows(f"DROP TABLE {slow.database}.otel_traces")


def test_a_new_version_is_a_deploy(slow: Both) -> None:
    database, scope = new_database(), slow.embedded.scope
    later = f"ServiceName = 'payment' AND toUnixTimestamp64Nano(Timestamp) >= {scope.incident.start_ns}"
    version = f"map('service.version', if({later}, '6.0.0', '5.1.2'))"
    resource = f"mapUpdate(CAST(ResourceAttributes, 'Map(String, String)'), {version}) AS ResourceAttributes"
    engine().command(
        f"INSERT INTO {database}.otel_traces SELECT * REPLACE ({resource}) FROM {slow.database}.otel_traces"
    )
    source = ClickHouseChanges(Both(slow.embedded, database).opening(), transport())
    (row,) = source.changes(scope.incident)
    assert (row.kind, row.service, row.reference) == ("deploy", "payment", "6.0.0")
    assert scope.incident.contains(row.time_ns)
    assert "after 5.1.2" in row.summary
