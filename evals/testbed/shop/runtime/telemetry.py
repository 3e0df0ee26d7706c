"""OpenTelemetry for one process: traces, logs and metrics over OTLP/HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http import Compression
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

EXPORT_MS = 1_000
METRICS_MS = 5_000
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
        gzip = Compression.Gzip
        spans = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", compression=gzip)
        tracers.add_span_processor(BatchSpanProcessor(spans, schedule_delay_millis=EXPORT_MS))
        records = OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", compression=gzip)
        loggers.add_log_record_processor(BatchLogRecordProcessor(records, schedule_delay_millis=EXPORT_MS))
        points = OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics", compression=gzip)
        readers.append(PeriodicExportingMetricReader(points, export_interval_millis=METRICS_MS))
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
