"""The spool's file format: records that tell whether they are whole.

A segment is a file of records, each `header + body`; the header holds the body's length and a checksum over
header and body. A record cut short by a crash is recognised and was never acknowledged.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from tools.otlp.decode import Encoding, Payload, Signal

_HEADER = struct.Struct("<2sBBQQ")
"""Magic, signal, encoding, time of receipt (Unix ns), body length."""
_CHECKSUM = struct.Struct("<I")
_MAGIC = b"wd"
_SIGNALS: tuple[Signal, ...] = get_args(Signal)
_PREFIX = _HEADER.size + _CHECKSUM.size


def encode(payload: Payload) -> bytes:
    """Return a payload as one record."""
    head = _HEADER.pack(
        _MAGIC, _SIGNALS.index(payload.signal), payload.encoding, payload.received_ns, len(payload.body)
    )
    return b"".join((head, _CHECKSUM.pack(zlib.crc32(payload.body, zlib.crc32(head))), payload.body))


@dataclass(slots=True)
class Damage:
    """What of a segment could not be read. `torn` bytes at its end were being written when it ended."""

    torn: int = 0
    records: int = 0


def read(path: Path, damage: Damage) -> Iterator[Payload]:
    """Yield the whole records of a segment, in order.

    A record whose checksum is wrong is skipped and counted; what follows an unreadable header counts as torn.

    Raises:
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        while prefix := file.read(_PREFIX):
            at = file.tell()
            if len(prefix) < _PREFIX or prefix[:2] != _MAGIC or at + _length(prefix) > size:
                damage.torn += size - at + len(prefix)
                return
            payload = _decode(prefix, file.read(_length(prefix)))
            if payload is None:
                damage.records += 1
            else:
                yield payload


def _length(prefix: bytes) -> int:
    return int(_HEADER.unpack_from(prefix)[4])


def _decode(prefix: bytes, body: bytes) -> Payload | None:
    _, signal, encoding, received_ns, _ = _HEADER.unpack_from(prefix)
    (checksum,) = _CHECKSUM.unpack_from(prefix, _HEADER.size)
    if zlib.crc32(body, zlib.crc32(prefix[: _HEADER.size])) != checksum:
        return None
    return Payload(_SIGNALS[signal], Encoding(encoding), body, received_ns)
