"""Protobuf's wire format, as far as framing needs it: varints, and which signal a message holds.

A file of protobuf does not say whether it holds traces, logs or metrics. All three nest alike (resource, scope,
record), and the records differ in which field numbers have which wire types.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from tools.otlp.decode import Signal
from tools.otlp.decode.tally import BadPayloadError

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIXED_SIZES = {FIXED64: 8, FIXED32: 4}
_VARINT_BYTES = 10
_BATCH, _SCOPE, _RECORD = 1, 2, 2
"""Field numbers on the way from a message to its records, the same for all signals."""


def read_varint(stream: IO[bytes]) -> int | None:
    """Return the next varint of a stream, None at its end.

    Raises:
        BadPayloadError: it is cut short or too long.
    """
    value = shift = 0
    while byte := stream.read(1):
        value |= (byte[0] & 0x7F) << shift
        shift += 7
        if byte[0] < 0x80:
            return value
        if shift >= 7 * _VARINT_BYTES:
            raise BadPayloadError("not protobuf")
    if shift:
        raise BadPayloadError("cut short")
    return None


def varint(value: int) -> bytes:
    """Return a number as varint."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def parse_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a varint inside a message and the position behind it.

    Raises:
        BadPayloadError: it is cut short or too long.
    """
    value = shift = 0
    for position in range(at, min(len(data), at + _VARINT_BYTES)):
        value |= (data[position] & 0x7F) << shift
        shift += 7
        if data[position] < 0x80:
            return value, position + 1
    raise BadPayloadError("not protobuf")


def fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield field number, wire type and, for length-delimited fields, content.

    Raises:
        BadPayloadError: it is not protobuf.
    """
    at = 0
    while at < len(data):
        tag, at = parse_varint(data, at)
        kind, content = tag & 7, b""
        if kind == VARINT:
            _, at = parse_varint(data, at)
        elif kind == BYTES:
            size, at = parse_varint(data, at)
            content, at = data[at : at + size], at + size
        elif kind in _FIXED_SIZES:
            at += _FIXED_SIZES[kind]
        else:
            raise BadPayloadError("not protobuf")
        if at > len(data) or tag < 8:
            raise BadPayloadError("not protobuf")
        yield tag >> 3, kind, content


def signal_of(message: bytes) -> Signal | None:
    """Return which signal a message holds, None when it holds no record.

    Raises:
        BadPayloadError: it is not protobuf.
    """
    for batch in _contents(message, _BATCH):
        for scope in _contents(batch, _SCOPE):
            for record in _contents(scope, _RECORD):
                return _signal_of_record({(number, kind) for number, kind, _ in fields(record)})
    return None


def _contents(message: bytes, wanted: int) -> Iterator[bytes]:
    return (content for number, kind, content in fields(message) if number == wanted and kind == BYTES)


def _signal_of_record(found: set[tuple[int, int]]) -> Signal:
    """Tell by fields that only one kind of record has in this wire type.

    Spans: start and end time 7 and 8, kind 6, status 15. Logs: times 1 and 11, severity 2; or a body 5
    without the id or name that the others have in field 1.
    """
    if found & {(7, FIXED64), (8, FIXED64), (6, VARINT), (15, BYTES)}:
        return "traces"
    if found & {(1, FIXED64), (11, FIXED64), (2, VARINT)} or (1, BYTES) not in found:
        return "logs"
    return "metrics"
