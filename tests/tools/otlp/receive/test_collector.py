"""The collector end to end: what real SDKs send ends up in the folder, once."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode

from tools.config import StoreSettings
from tools.errors import CollectorError
from tools.incident import open_folder
from tools.otlp import Collector
from tools.store.open import open_telemetry
from tools.window import Scope, TimeWindow

pytestmark = pytest.mark.live


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    with Collector(tmp_path / "incident") as running:
        yield running


def send_trace(exporter: SpanExporter) -> None:
    provider = TracerProvider(
        resource=Resource.create({"service.name": "checkout", "k8s.pod.name": "checkout-1"}), shutdown_on_exit=False
    )
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    with (
        tracer.start_as_current_span("POST /pay", kind=SpanKind.SERVER),
        tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT, attributes={"db.system": "postgresql"}) as span,
    ):
        span.record_exception(ValueError("no such card"))
        span.set_status(Status(StatusCode.ERROR, "refused"))
    provider.shutdown()


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip, Compression.Deflate])
def test_sdk_over_http_is_answered_by_the_trace_source(collector: Collector, compression: Compression) -> None:
    send_trace(HttpSpanExporter(f"{collector.http_endpoint}/v1/traces", compression=compression))
    collector.compact()
    check_trace(collector.folder)


def test_sdk_over_grpc_is_answered_by_the_trace_source(collector: Collector) -> None:
    send_trace(GrpcSpanExporter(collector.grpc_endpoint, insecure=True))
    collector.compact()
    check_trace(collector.folder)


def check_trace(folder: Path) -> None:
    source = open_telemetry(open_folder(folder), StoreSettings()).traces
    assert source is not None
    window = TimeWindow.from_seconds(time.time() - 3600, time.time() + 60)
    scope = Scope.of(window, [TimeWindow.from_seconds(0, 1)])
    assert [(stats.service, stats.operation) for stats in source.operations(scope)] == [
        ("checkout", "POST /pay"),
        ("checkout", "SELECT"),
    ]
    assert [(edge.service, edge.peer, edge.errors.incident) for edge in source.edges(scope)] == [
        ("checkout", "postgresql", 1)
    ]
    (span,) = source.examples(window, "checkout", "SELECT", "failed", 5)
    assert (span.status, span.status_message, span.kind, span.pod) == ("ERROR", "refused", "client", "checkout-1")


def test_a_second_collector_on_the_folder_is_refused(collector: Collector) -> None:
    with pytest.raises(CollectorError, match="written by another"), Collector(collector.folder):
        pass


def test_a_taken_port_is_one_line(collector: Collector, tmp_path: Path) -> None:
    port = int(collector.http_endpoint.rpartition(":")[2])
    with (
        pytest.raises(CollectorError, match=f"cannot listen on 127.0.0.1:{port}"),
        Collector(tmp_path / "b", http_port=port),
    ):
        pass


def test_garbage_is_refused_and_says_why(collector: Collector) -> None:
    answer = httpx.post(
        f"{collector.http_endpoint}/v1/traces",
        content=b"\xff garbage",
        headers={"content-type": "application/x-protobuf"},
    )
    assert answer.status_code == 400
    assert b"not an OTLP traces message" in answer.content
