"""Open files that may be compressed, and tell how far they are read."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa

from tools.errors import InputError
from tools.otlp.compression import GZIP_MAGIC, ZSTD_MAGIC, open_compressed

Progress = Callable[[int], None]
"""Called with the number of bytes read since the last call, of the file as it is on disk."""

DAMAGES = (EOFError, OSError, zlib.error, pa.ArrowException)
"""What reading a damaged or truncated compressed file raises."""
_CHUNK = 1 << 20
_HEAD = 64


def check(path: Path) -> None:
    """Make sure that a file can be read.

    Raises:
        InputError: it cannot.
    """
    if not path.exists():
        raise InputError(f"no file at {path}", "give files of OTLP, JSON lines or protobuf")
    if not path.is_file():
        raise InputError(f"{path} is not a file", "give the files in it")
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError(f"cannot read {path}", error.strerror or str(error)) from error


def digest(path: Path) -> str:
    """Return a digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[tuple[bytes, IO[bytes]]]:
    """Open a file, plain, gzip or zstd, for reading from its beginning.

    Args:
        path: the file.
        progress: told about bytes read.

    Yields:
        The first bytes of what it holds, and the stream of it.
    """
    with path.open("rb") as file:
        encoding = _compression(file.read(len(ZSTD_MAGIC)))
    # A stream of compressed bytes cannot be wound back, so the file is opened again.
    with path.open("rb") as file:
        head = _decompressed(file, encoding).read(_HEAD)
    with path.open("rb") as file:
        yield head, _decompressed(io.BufferedReader(_Counted(file, progress), _CHUNK), encoding)


def _compression(magic: bytes) -> str:
    if magic.startswith(GZIP_MAGIC):
        return "gzip"
    return "zstd" if magic == ZSTD_MAGIC else ""


def _decompressed(stream: IO[bytes], encoding: str) -> IO[bytes]:
    return open_compressed(stream, encoding) if encoding else stream


class _Counted(io.RawIOBase):
    """A file that reports what is read from it."""

    def __init__(self, file: io.BufferedReader, progress: Progress) -> None:
        self._file = file
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader passes
        count = self._file.readinto(buffer)
        self._progress(count)
        return count
