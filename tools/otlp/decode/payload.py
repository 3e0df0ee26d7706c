"""One OTLP payload and the way to its rows."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple

from tools.otlp.decode import json_document, json_metrics, json_records, protobuf, protobuf_metrics
from tools.otlp.decode.rows import Row
from tools.otlp.decode.tally import Signal, Tally


class Encoding(IntEnum):
    """How a payload is written. The numbers are stored in the spool."""

    PROTOBUF = 0
    JSON = 1


class Payload(NamedTuple):
    """An export request, or a top-level message of a file. `received_ns` is 0 when unknown."""

    signal: Signal
    encoding: Encoding
    body: bytes
    received_ns: int = 0


def rows_of(payload: Payload, tally: Tally) -> Iterator[Row]:
    """Yield the rows of a payload and count them; unusable records go to the tally.

    Raises:
        BadPayloadError: the payload as a whole is not OTLP.
    """
    decode = _json if payload.encoding == Encoding.JSON else _protobuf
    for row in decode(payload, tally):
        tally.kept[payload.signal] += 1
        yield row


def rows_of_document(signal: Signal, document: dict[str, Any], tally: Tally, received_ns: int = 0) -> Iterator[Row]:
    """Yield the rows of one signal in a parsed OTLP/JSON document; unusable records go to the tally.

    Raises:
        BadPayloadError: the document's own list is malformed.
    """
    for row in _document(signal, document, tally, received_ns):
        tally.kept[signal] += 1
        yield row


def _json(payload: Payload, tally: Tally) -> Iterator[Row]:
    return _document(payload.signal, json_document.load(payload.body), tally, payload.received_ns)


def _document(signal: Signal, document: dict[str, Any], tally: Tally, received_ns: int) -> Iterator[Row]:
    if signal == "traces":
        return json_records.span_rows(document, tally)
    if signal == "logs":
        return json_records.log_rows(document, tally, received_ns)
    return json_metrics.point_rows(document, tally)


def _protobuf(payload: Payload, tally: Tally) -> Iterator[Row]:
    data = protobuf.parse(payload.signal, payload.body)
    if payload.signal == "traces":
        return protobuf.span_rows(data, tally)
    if payload.signal == "logs":
        return protobuf.log_rows(data, tally, payload.received_ns)
    return protobuf_metrics.point_rows(data, tally)
