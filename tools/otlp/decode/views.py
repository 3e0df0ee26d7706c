"""Views on OTLP's protobuf messages that leave small sub-messages undecoded.

A view has the wire format of the official message, but its attributes, events, links and status are plain
bytes, so that a value that comes back thousands of times is decoded once and then looked up. Text is bytes
too: a single invalid UTF-8 character then costs that character, not the whole request.
The views are derived from `opentelemetry-proto`'s own descriptors.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

_PACKAGE = "opentelemetry.proto"
_ATTRIBUTE = f".{_PACKAGE}.common.v1.KeyValue"
_OPAQUE = {
    _ATTRIBUTE,
    f".{_PACKAGE}.trace.v1.Span.Event",
    f".{_PACKAGE}.trace.v1.Span.Link",
    f".{_PACKAGE}.trace.v1.Status",
    f".{_PACKAGE}.metrics.v1.Exemplar",
}
_KEEPS_ATTRIBUTES = {"KeyValueList"}
"""Messages whose attributes stay messages: the value of an attribute is decoded whole."""


def _view_of(message: descriptor_pb2.DescriptorProto) -> None:
    field_type = descriptor_pb2.FieldDescriptorProto
    for field in message.field:
        opaque = field.type_name in _OPAQUE and message.name not in _KEEPS_ATTRIBUTES
        if opaque or field.type == field_type.TYPE_STRING:
            field.type = field_type.TYPE_BYTES
            field.ClearField("type_name")
    for nested in message.nested_type:
        _view_of(nested)


def _pool() -> descriptor_pool.DescriptorPool:
    pool = descriptor_pool.DescriptorPool()
    for module in (common_pb2, resource_pb2, trace_pb2, logs_pb2, metrics_pb2):
        file = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(file)
        for message in file.message_type:
            _view_of(message)
        pool.AddSerializedFile(file.SerializeToString())
    return pool


_POOL = _pool()


def _message(name: str) -> Any:
    """Return a message class; untyped, because it is made at run time."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))


KeyValue = _message("common.v1.KeyValue")
SpanEvent = _message("trace.v1.Span.Event")
SpanLink = _message("trace.v1.Span.Link")
SpanStatus = _message("trace.v1.Status")
DATA: dict[str, Any] = {
    "traces": _message("trace.v1.TracesData"),
    "logs": _message("logs.v1.LogsData"),
    "metrics": _message("metrics.v1.MetricsData"),
}
"""Signal → top-level message. An export request has the same wire format."""
