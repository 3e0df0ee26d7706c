"""The protocol's answers, shared by HTTP and gRPC."""

from __future__ import annotations

from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc import code_pb2
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from tools.otlp.decode import Encoding, Signal
from tools.otlp.receive.receiver import Receipt

_RESPONSES: dict[Signal, tuple[type[Message], str]] = {
    "traces": (ExportTraceServiceResponse, "rejected_spans"),
    "logs": (ExportLogsServiceResponse, "rejected_log_records"),
    "metrics": (ExportMetricsServiceResponse, "rejected_data_points"),
}
INVALID, UNAVAILABLE = code_pb2.INVALID_ARGUMENT, code_pb2.UNAVAILABLE


def success(signal: Signal, receipt: Receipt) -> Message:
    """Return the response to an accepted request; a partial success names what was refused and why."""
    response_class, field = _RESPONSES[signal]
    if not receipt.refused:
        return response_class()
    return response_class(partial_success={field: receipt.refused, "error_message": receipt.reason})


def failure(message: str, code: int = INVALID) -> Message:
    """Return the body of a refusal."""
    status: Message = Status(code=code, message=message)
    return status


def encode(message: Message, encoding: Encoding) -> bytes:
    """Return a message in the encoding of the request it answers."""
    if encoding == Encoding.JSON:
        return json_format.MessageToJson(message, indent=None).encode()
    return message.SerializeToString()
