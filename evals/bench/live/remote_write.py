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
        message = b"".join(_field(1, _time_series(labels, points)) for labels, points in items[first : first + _BATCH])
        answer = httpx.post(
            url,
            content=_snappy(message),
            headers={"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf"},
            timeout=30,
            trust_env=False,
        )
        if answer.status_code >= 300:
            raise SourceError(f"{url} refuses a write with {answer.status_code}", answer.text[:200])


def _time_series(labels: Iterable[tuple[str, str]], points: Iterable[tuple[int, float]]) -> bytes:
    named = b"".join(_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels)
    return named + b"".join(
        _field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + _varint(moment)) for moment, value in points
    )


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _snappy(message: bytes) -> bytes:
    out = bytearray(_varint(len(message)))
    for first in range(0, len(message), 65536):
        part = message[first : first + 65536]
        out += b"\xf4" + struct.pack("<H", len(part) - 1) + part
    return bytes(out)
