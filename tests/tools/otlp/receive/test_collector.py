"""The collector end to end: what real SDKs send ends up in the folder, once."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import httpx
import pyarrow.parquet as pq
import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import LogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode

from tests.tools.otlp.messages import log, logs, otlp_json, span, traces
from tools.config import StoreSettings
from tools.errors import CollectorError
from tools.incident import open_folder
from tools.otlp import Collector
from tools.store.open import open_telemetry
from tools.window import Scope, TimeWindow

pytestmark = pytest.mark.live

RESOURCE = Resource.create({"service.name": "checkout", "k8s.pod.name": "checkout-1"})


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    with Collector(tmp_path / "incident") as running:
        yield running


def recent() -> Scope:
    """Return a scope whose incident window is the last hour."""
    now = time.time()
    return Scope.of(TimeWindow.from_seconds(now - 3600, now + 60), [TimeWindow.from_seconds(0, 1)])


SPAN_EXPORTERS: dict[str, Callable[[Collector], SpanExporter]] = {
    "http": lambda to: HttpSpanExporter(f"{to.http_endpoint}/v1/traces", compression=Compression.NoCompression),
    "http gzip": lambda to: HttpSpanExporter(f"{to.http_endpoint}/v1/traces", compression=Compression.Gzip),
    "http deflate": lambda to: HttpSpanExporter(f"{to.http_endpoint}/v1/traces", compression=Compression.Deflate),
    "grpc": lambda to: GrpcSpanExporter(to.grpc_endpoint, insecure=True),
    "grpc gzip": lambda to: GrpcSpanExporter(to.grpc_endpoint, insecure=True, compression=grpc.Compression.Gzip),
}


@pytest.mark.parametrize("way", SPAN_EXPORTERS)
def test_spans_of_the_sdk_are_answered_by_the_trace_source(collector: Collector, way: str) -> None:
    provider = TracerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(SPAN_EXPORTERS[way](collector)))
    tracer = provider.get_tracer("test")
    with (
        tracer.start_as_current_span("POST /pay", kind=SpanKind.SERVER),
        tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT, attributes={"db.system": "postgresql"}) as client,
    ):
        client.record_exception(ValueError("no such card"))
        client.set_status(Status(StatusCode.ERROR, "refused"))
    provider.shutdown()
    collector.compact()

    source = open_telemetry(open_folder(collector.folder), StoreSettings()).traces
    assert source is not None
    operations = [(stats.service, stats.operation) for stats in source.operations(recent())]
    assert operations == [("checkout", "POST /pay"), ("checkout", "SELECT")]
    (edge,) = source.edges(recent())
    assert (edge.service, edge.peer, edge.errors.incident) == ("checkout", "postgresql", 1)
    (found,) = source.examples(recent().incident, "checkout", "SELECT", "failed", 5)
    assert (found.status, found.status_message, found.kind, found.pod) == ("ERROR", "refused", "client", "checkout-1")


LOG_EXPORTERS: dict[str, Callable[[Collector], LogRecordExporter]] = {
    "http": lambda to: HttpLogExporter(f"{to.http_endpoint}/v1/logs"),
    "grpc": lambda to: GrpcLogExporter(to.grpc_endpoint, insecure=True),
}


@pytest.mark.parametrize("way", LOG_EXPORTERS)
def test_log_records_of_the_sdk_are_answered_by_the_log_source(collector: Collector, way: str) -> None:
    provider = LoggerProvider(resource=RESOURCE, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(LOG_EXPORTERS[way](collector)))
    logger = provider.get_logger("test")
    logger.emit(body="card refused ✗", severity_number=SeverityNumber.ERROR, timestamp=time.time_ns())
    provider.shutdown()
    collector.compact()

    source = open_telemetry(open_folder(collector.folder), StoreSettings()).logs
    assert source is not None
    (row,) = source.search(recent().incident, "checkout", "refused", 10)
    assert (row.body, row.severity, row.pod) == ("card refused ✗", "ERROR", "checkout-1")


METRIC_EXPORTERS: dict[str, Callable[[Collector], MetricExporter]] = {
    "http": lambda to: HttpMetricExporter(f"{to.http_endpoint}/v1/metrics"),
    "grpc": lambda to: GrpcMetricExporter(to.grpc_endpoint, insecure=True),
}


@pytest.mark.parametrize("way", METRIC_EXPORTERS)
def test_metric_points_of_the_sdk_have_the_stores_columns(collector: Collector, way: str) -> None:
    reader = PeriodicExportingMetricReader(METRIC_EXPORTERS[way](collector), export_interval_millis=60_000)
    exponential = View(instrument_name="size", aggregation=ExponentialBucketHistogramAggregation())
    provider = MeterProvider([reader], RESOURCE, views=[exponential], shutdown_on_exit=False)
    meter = provider.get_meter("test")
    meter.create_counter("requests").add(3)
    meter.create_histogram("latency", unit="ms").record(20.0)
    for size in (1.0, 2.0, 6.0):
        meter.create_histogram("size").record(size)
    provider.force_flush()
    provider.shutdown()
    collector.compact()

    (part,) = open_folder(collector.folder).signals["metrics"]
    found = {row["metric"]: row for row in pq.read_table(part).to_pylist()}
    assert {name: (row["type"], row["value"], row["temporality"]) for name, row in found.items()} == {
        "requests": ("sum", 3.0, "cumulative"),
        "latency": ("histogram", 20.0, "cumulative"),
        "size": ("exponential_histogram", 3.0, "cumulative"),
    }
    assert sum(found["size"]["bucket_counts"]) == 3


def count(folder: Path, signal: str = "traces") -> int:
    return sum(pq.read_metadata(path).num_rows for path in open_folder(folder).signals.get(signal, []))


def post(to: Collector, signal: str, body: bytes, client: httpx.Client | None = None) -> int:
    headers = {"content-type": "application/json" if body[:1] == b"{" else "application/x-protobuf"}
    send = client.post if client else httpx.post
    return send(f"{to.http_endpoint}/v1/{signal}", content=body, headers=headers, timeout=30).status_code


def test_many_senders_at_once_while_it_compacts(tmp_path: Path) -> None:
    with Collector(tmp_path, compact_seconds=0.05) as collector, ThreadPoolExecutor(12) as pool:
        bodies = [traces([span(n), span(n + 10_000)]).SerializeToString() for n in range(1, 201)]
        with httpx.Client() as client:
            answers = list(pool.map(lambda body: post(collector, "traces", body, client), bodies))
    assert answers == [200] * 200
    assert count(tmp_path) == 400
    assert collector.tally.kept == {"traces": 400}
    assert not list((tmp_path / ".spool").iterdir())


def test_leaving_the_context_compacts_and_a_new_one_goes_on(tmp_path: Path) -> None:
    for number in (1, 2):
        with Collector(tmp_path) as collector:
            assert post(collector, "traces", traces([span(number)]).SerializeToString()) == 200
    assert count(tmp_path) == 2


def test_json_and_garbage_over_the_wire(collector: Collector) -> None:
    assert post(collector, "logs", otlp_json(logs([log(body="x" * 1_000_000)]))) == 200
    assert post(collector, "logs", b"\xff\xff") == 400
    collector.compact()
    assert count(collector.folder, "logs") == 1


@pytest.mark.parametrize("service", ["trace.v1.TraceService", "logs.v1.LogsService", "metrics.v1.MetricsService"])
def test_garbage_over_grpc_is_an_invalid_argument(collector: Collector, service: str) -> None:
    with grpc.insecure_channel(collector.grpc_endpoint.removeprefix("http://")) as channel:
        export = channel.unary_unary(f"/opentelemetry.proto.collector.{service}/Export")
        assert export(b"", timeout=10) == b""
        with pytest.raises(grpc.RpcError) as refused:
            export(b"\xff\xff", timeout=10)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_partial_success_over_grpc(collector: Collector) -> None:
    body = traces([span(1), span(2, trace_id=b"")]).SerializeToString()
    with grpc.insecure_channel(collector.grpc_endpoint.removeprefix("http://")) as channel:
        export = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        assert b"no valid trace id or span id" in export(body, timeout=10)


def test_a_second_collector_on_the_folder_is_refused(collector: Collector) -> None:
    with pytest.raises(CollectorError, match="written by another"), Collector(collector.folder):
        pass


@pytest.mark.parametrize("kind", ["http", "grpc"])
def test_a_taken_port_is_one_line_and_frees_the_folder(collector: Collector, tmp_path: Path, kind: str) -> None:
    endpoint = collector.http_endpoint if kind == "http" else collector.grpc_endpoint
    port = int(endpoint.rpartition(":")[2])
    ports = {"http_port": port} if kind == "http" else {"grpc_port": port}
    with (
        pytest.raises(CollectorError, match=f"cannot listen on 127.0.0.1:{port}") as raised,
        Collector(tmp_path / "b", **ports),  # type: ignore[arg-type]  # ports only
    ):
        pass
    assert "\n" not in str(raised.value)
    with Collector(tmp_path / "b", http_port=None, grpc_port=None):
        pass


def test_a_host_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CollectorError, match="cannot listen on"), Collector(tmp_path, host="no.such.host.invalid"):
        pass


def test_a_failed_compaction_is_logged_and_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Collector(tmp_path, compact_seconds=0.05) as collector:
        monkeypatch.setattr("tools.otlp.parts.part_store.replace_durably", refuse)
        with caplog.at_level(logging.WARNING):
            assert post(collector, "traces", traces([span(1)]).SerializeToString()) == 200
            deadline = time.monotonic() + 10
            while not caplog.records and time.monotonic() < deadline:
                time.sleep(0.02)
        monkeypatch.undo()
    assert "No space left on device; what was received stays in the spool" in caplog.text
    assert count(tmp_path) == 1
