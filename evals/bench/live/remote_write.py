"""Remote write 1.0: how series are put into a backend that speaks Prometheus' protocol.

See https://prometheus.io/docs/specs/remote_write_spec/. The format is protobuf in snappy's block format; a block
of literals only is valid snappy, so neither needs a library.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

import httpx

from tools.errors import SourceError

Labels = tuple[tuple[str, str], ...]
"""Names and values, sorted by name; `__name__` is the metric."""
Series = Mapping[Labels, list[tuple[int, float]]]
"""Labels → points of (Unix milliseconds, value), by time."""
_BATCH = 200


def write(url: str, series: Series) -> None:
    """Send all series to a remote-write endpoint.

    Raises:
        SourceError: it refuses.
    """
    items = list(series.items())
    for first in range(0, len(items), _BATCH):
        post(url, [_time_series(labels, points) for labels, points in items[first : first + _BATCH]])


def post(url: str, time_series: Iterable[bytes]) -> None:
    """Send messages of type TimeSeries to a remote-write endpoint.

    Raises:
        SourceError: it refuses.
    """
    answer = httpx.post(
        url,
        content=_snappy(b"".join(field(1, message) for message in time_series)),
        headers={"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"},
        timeout=30,
        trust_env=False,
    )
    if answer.status_code >= 300:
        raise SourceError(f"{url} refuses a write with {answer.status_code}", answer.text[:200])


def _time_series(labels: Labels, points: Iterable[tuple[int, float]]) -> bytes:
    return named(labels) + b"".join(field(2, double(1, value) + integer(2, moment)) for moment, value in points)


def named(labels: Iterable[tuple[str, str]]) -> bytes:
    """Return labels as the fields that a series and an exemplar begin with."""
    return b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in labels)


def field(number: int, content: bytes) -> bytes:
    """Return a protobuf field that holds a message, text or packed numbers."""
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def double(number: int, value: float) -> bytes:
    """Return a protobuf field that holds a double."""
    return bytes([number << 3 | 1]) + struct.pack("<d", value)


def integer(number: int, value: int) -> bytes:
    """Return a protobuf field that holds a whole number, not below 0."""
    return bytes([number << 3]) + varint(value)


def varint(value: int) -> bytes:
    """Return a whole number, not below 0, as protobuf writes it."""
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _snappy(message: bytes) -> bytes:
    out = bytearray(varint(len(message)))
    for first in range(0, len(message), 65536):
        part = message[first : first + 65536]
        out += b"\xf4" + struct.pack("<H", len(part) - 1) + part
    return bytes(out)
