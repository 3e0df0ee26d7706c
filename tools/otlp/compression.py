"""Compressed bytes and streams: gzip and zstd, bounded so that a small input cannot fill the memory."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO, cast

import pyarrow as pa

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class CompressionError(ValueError):
    """The bytes are not what their compression says, or end too early."""


class TooLargeError(ValueError):
    """There is more in it than allowed."""


def decompress(data: bytes, encoding: str, limit: int) -> bytes:
    """Return what a body holds.

    Args:
        data: the body.
        encoding: gzip, deflate, zstd, or identity or empty.
        limit: bytes allowed after decompression.

    Raises:
        CompressionError: the body is damaged.
        TooLargeError: it holds more than the limit.
    """
    if encoding in {"", "identity"}:
        content = data
    elif encoding == "deflate":
        content = _read(io.BytesIO(_deflated(data, limit + 1)), limit)
    else:
        content = _read(open_compressed(io.BytesIO(data), encoding), limit)
    if len(content) > limit:
        raise TooLargeError(f"more than {limit:,} bytes")
    return content


def open_compressed(stream: IO[bytes], encoding: str) -> IO[bytes]:
    """Return a stream of what a gzip or zstd stream holds; several members in a row are read through."""
    if encoding == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    inner: IO[bytes] = io.BufferedReader(_Readable(pa.CompressedInputStream(stream, "zstd")))
    return inner


class _Readable(io.RawIOBase):
    """Makes Arrow's stream look like Python's."""

    def __init__(self, inner: pa.NativeFile) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader passes
        data = self._inner.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _read(stream: IO[bytes], limit: int) -> bytes:
    try:
        return stream.read(limit + 1)
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        raise CompressionError(str(error)) from error


def _deflated(data: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, limit)
    except zlib.error as error:
        raise CompressionError(str(error)) from error
