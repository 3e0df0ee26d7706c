"""Cut a file into messages: JSON lines, one JSON document, or protobuf with or without lengths before it.

The collector's file exporter writes JSON lines, or messages behind a 4-byte big-endian length, each possibly
compressed with zstd. The specification's file format puts a varint before each message. A lone message has
nothing before it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

from tools.otlp.compression import ZSTD_MAGIC, CompressionError, TooLargeError, decompress
from tools.otlp.decode import Encoding
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.files.wire import parse_varint, read_varint, varint

MAX_FRAME = 256 << 20
"""Bytes of one message; a longer one is not read into memory."""
_LENGTH = struct.Struct(">I")
_BATCH_TAG = 0x0A
"""First byte of every OTLP message: field 1, length-delimited."""
_HEAD = 32
_TOO_LONG = f"longer than {MAX_FRAME >> 20} MiB"
_OPENERS = (b"{", b"[")


class Frame(NamedTuple):
    """One message. `where` names its place in the file; `problem` says why there is no body."""

    where: str
    encoding: Encoding
    body: bytes = b""
    problem: str = ""


def frames(stream: IO[bytes], head: bytes) -> Iterator[Frame]:
    """Yield the messages of a file.

    Args:
        stream: the file, decompressed, at its beginning.
        head: its first bytes, at least 32 unless it is shorter.

    Raises:
        BadPayloadError: it is not OTLP, or it ends in the middle of a message.
    """
    if not head:
        return iter(())
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_OPENERS):
        return _json(stream)
    if head[:1] == bytes([_BATCH_TAG]):
        return _lone(stream)
    if _is_start(head[_LENGTH.size :]) and _LENGTH.unpack_from(head)[0] <= MAX_FRAME:
        return _prefixed(stream)
    if _has_varint(head):
        return _delimited(stream)
    raise BadPayloadError("neither OTLP/JSON nor OTLP protobuf")


def _is_start(body: bytes) -> bool:
    return body[:1] in (bytes([_BATCH_TAG]), b"{") or body.startswith(ZSTD_MAGIC)


def _has_varint(head: bytes) -> bool:
    try:
        size, at = parse_varint(head, 0)
    except BadPayloadError:
        return False
    return 0 < size <= MAX_FRAME and head[at : at + 1] == bytes([_BATCH_TAG])


def _json(stream: IO[bytes]) -> Iterator[Frame]:
    number = 0
    while line := stream.readline(MAX_FRAME):
        number += 1
        where = f"line {number}"
        text = line.removeprefix(b"\xef\xbb\xbf").strip()
        if number == 1 and text in _OPENERS:
            yield _document(line, stream)
            return
        if len(line) == MAX_FRAME and not line.endswith(b"\n"):
            _skip_line(stream)
            yield Frame(where, Encoding.JSON, problem=_TOO_LONG)
        elif text:
            yield Frame(where, Encoding.JSON, text)


def _document(line: bytes, stream: IO[bytes]) -> Frame:
    """Return a document that is printed over many lines."""
    body = line.removeprefix(b"\xef\xbb\xbf") + stream.read(MAX_FRAME)
    if len(body) >= MAX_FRAME:
        return Frame("the document", Encoding.JSON, problem=_TOO_LONG)
    return Frame("the document", Encoding.JSON, body)


def _skip_line(stream: IO[bytes]) -> None:
    while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
        pass


def _lone(stream: IO[bytes]) -> Iterator[Frame]:
    """Yield each batch of a lone message as a message of its own, so that none is too large for memory."""
    number = 0
    while (tag := read_varint(stream)) is not None:
        number += 1
        if tag != _BATCH_TAG:
            raise BadPayloadError(f"not protobuf after batch {number - 1}")
        size = read_varint(stream)
        body = _exactly(stream, size or 0, f"batch {number}")
        yield Frame(f"batch {number}", Encoding.PROTOBUF, bytes([_BATCH_TAG]) + varint(len(body)) + body)


def _prefixed(stream: IO[bytes]) -> Iterator[Frame]:
    number = 0
    while prefix := stream.read(_LENGTH.size):
        number += 1
        where = f"message {number}"
        if len(prefix) < _LENGTH.size:
            raise BadPayloadError(f"cut short in {where}")
        yield _unpacked(where, _exactly(stream, _LENGTH.unpack(prefix)[0], where))


def _delimited(stream: IO[bytes]) -> Iterator[Frame]:
    number = 0
    while (size := read_varint(stream)) is not None:
        number += 1
        yield _unpacked(f"message {number}", _exactly(stream, size, f"message {number}"))


def _unpacked(where: str, body: bytes) -> Frame:
    if body.startswith(ZSTD_MAGIC):
        try:
            body = decompress(body, "zstd", MAX_FRAME)
        except (CompressionError, TooLargeError) as error:
            return Frame(where, Encoding.PROTOBUF, problem=str(error))
    encoding = Encoding.JSON if body.startswith(b"{") else Encoding.PROTOBUF
    return Frame(where, encoding, body)


def _exactly(stream: IO[bytes], size: int, where: str) -> bytes:
    if size > MAX_FRAME:
        raise BadPayloadError(f"{where} is {_TOO_LONG}: what follows cannot be found")
    body = stream.read(size)
    if len(body) < size:
        raise BadPayloadError(f"cut short in {where}")
    return body
