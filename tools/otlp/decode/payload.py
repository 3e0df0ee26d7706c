"""One OTLP payload and the way to its rows."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Literal, NamedTuple

from tools.otlp.decode import protobuf, protobuf_metrics
from tools.otlp.decode.rows import Row
from tools.otlp.decode.tally import Tally

Signal = Literal["traces", "logs", "metrics"]


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
    for row in _protobuf(payload, tally):
        tally.kept[payload.signal] += 1
        yield row


def _protobuf(payload: Payload, tally: Tally) -> Iterator[Row]:
    data = protobuf.parse(payload.signal, payload.body)
    if payload.signal == "traces":
        return protobuf.span_rows(data, tally)
    if payload.signal == "logs":
        return protobuf.log_rows(data, tally, payload.received_ns)
    return protobuf_metrics.point_rows(data, tally)
