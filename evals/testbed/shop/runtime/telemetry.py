"""OpenTelemetry for one process: traces, logs and metrics over OTLP/HTTP."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import DropAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from evals.testbed.shop.runtime.settings import InstanceFile

EXPORT_MS = 5_000
"""Time between two exports of one signal, that of the SDK.

Each costs its process 1.5 to 2 ms of CPU, and the collector as much, whatever it carries, and 0.03 ms a span: five
times as often, with batches of one log record and nine spans, it cost half as much again as the spans themselves.
"""
SPREAD = 0.2
"""Part of that time by which processes and signals differ: started together, they would export together."""
_UNUSED = ("http.server.request.body.size", "http.server.response.body.size")


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The providers of one process, and how to flush them at its end."""

    tracer: trace.Tracer
    meter: metrics.Meter
    shutdown: Callable[[], None]


def start_telemetry(instance: InstanceFile) -> Telemetry:
    """Set up the global providers and instrument the drivers of both stores.

    Without an endpoint everything is recorded by nobody, at almost no cost.
    """
    resource = resource_of(instance)
    tracers, loggers = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    readers = []
    if endpoint := instance.otlp_endpoint.rstrip("/"):
        spans, records, points = (pace(f"{instance.instance} {signal}") for signal in ("traces", "logs", "metrics"))
        # Uncompressed: to a collector on the same host, gzip costs both sides CPU and saves nothing.
        tracers.add_span_processor(
            BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces"), schedule_delay_millis=spans)
        )
        loggers.add_log_record_processor(
            BatchLogRecordProcessor(OTLPLogExporter(endpoint=f"{endpoint}/v1/logs"), schedule_delay_millis=records)
        )
        exporter = OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics")
        readers.append(PeriodicExportingMetricReader(exporter, export_interval_millis=points))
    dropped = [View(instrument_name=name, aggregation=DropAggregation()) for name in _UNUSED]
    meters = MeterProvider(metric_readers=readers, resource=resource, views=dropped)
    trace.set_tracer_provider(tracers)
    metrics.set_meter_provider(meters)
    _log_to(LoggingHandler(logger_provider=loggers))
    AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]  # the package leaves it unannotated
    RedisInstrumentor().instrument()

    def shutdown() -> None:
        tracers.shutdown()
        loggers.shutdown()
        meters.shutdown()

    return Telemetry(trace.get_tracer("shop"), metrics.get_meter("shop"), shutdown)


def pace(sender: str) -> float:
    """Return the milliseconds between two exports of a sender, its own share of the spread above or below the usual."""
    share = zlib.crc32(sender.encode()) / 0xFFFF_FFFF
    return EXPORT_MS * (1 + SPREAD * (share - 0.5))


def resource_of(instance: InstanceFile) -> Resource:
    """Return the resource attributes that identify a process."""
    attributes = {
        "service.name": instance.service,
        "service.version": instance.version,
        "service.instance.id": instance.instance,
    }
    if instance.owner:
        attributes["service.owner"] = instance.owner
    return Resource.create(attributes)


def _log_to(handler: logging.Handler) -> None:
    """Send what the service logs to a handler, and to its own log file through stderr."""
    console = logging.StreamHandler()
    console.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[console], force=True)
    logging.getLogger().addHandler(handler)  # not given to basicConfig, which would format its bodies
    for noisy in ("httpx", "httpcore", "uvicorn.access", "opentelemetry"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # An exporter that cannot reach its collector must not report that through itself.
    logging.getLogger("opentelemetry").propagate = False
