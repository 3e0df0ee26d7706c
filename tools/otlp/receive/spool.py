"""The spool: what was received, made durable in groups, until it is in Parquet parts."""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from tools import clock
from tools.errors import CollectorError
from tools.otlp.decode import Payload
from tools.otlp.parts.durable import sync_folder
from tools.otlp.receive import segment
from tools.window import to_ns

FOLDER = ".spool"
SUFFIX = ".segment"
_GROUP = 256
"""Records that share one sync at most: bounds how long the first of them waits."""


class _Append(NamedTuple):
    record: bytes
    done: Future[None]


class _Rotate(NamedTuple):
    done: Future[None]


class Spool:
    """Append records to segments from any thread; one writer thread syncs them in groups.

    Args:
        folder: the incident folder.
        segment_bytes: size at which a new segment is begun.

    Raises:
        CollectorError: the spool folder cannot be made.
    """

    def __init__(self, folder: Path, segment_bytes: int = 64 << 20) -> None:
        self._folder = folder / FOLDER
        self._limit = segment_bytes
        self._queue: queue.SimpleQueue[_Append | _Rotate | None] = queue.SimpleQueue()
        self._file: int | None = None
        self._open: Path | None = None
        self._size = 0
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder)
        except OSError as error:
            raise CollectorError(f"cannot write into {folder}", error.strerror or str(error)) from error
        self._thread = threading.Thread(target=self._run, name="whydown-spool", daemon=True)
        self._thread.start()

    def append(self, payload: Payload) -> Future[None]:
        """Queue a payload; the future is done once it is durable, or holds a CollectorError."""
        done: Future[None] = Future()
        self._queue.put(_Append(segment.encode(payload), done))
        return done

    def rotate(self) -> None:
        """Begin a new segment, so that everything appended before is in closed ones."""
        if not self._thread.is_alive():
            return
        done: Future[None] = Future()
        self._queue.put(_Rotate(done))
        done.result()

    def closed_segments(self) -> list[Path]:
        """Return the segments that are no longer written, oldest first."""
        return [path for path in segments_of(self._folder.parent) if path != self._open]

    def close(self) -> None:
        """Write what is queued and stop."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            items = self._next_group()
            appends = [item for item in items if isinstance(item, _Append)]
            if appends:
                self._commit(appends)
            for item in items:
                if isinstance(item, _Rotate):
                    self._close_segment()
                    item.done.set_result(None)
            if None in items:
                self._close_segment()
                return

    def _next_group(self) -> list[_Append | _Rotate | None]:
        items = [self._queue.get()]
        while isinstance(items[-1], _Append) and len(items) < _GROUP:
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return items

    def _commit(self, appends: list[_Append]) -> None:
        try:
            self._write(b"".join(item.record for item in appends))
        except OSError as error:
            self._forget_tail()
            failure = CollectorError("the spool cannot be written", error.strerror or str(error))
            for item in appends:
                item.done.set_exception(failure)
        else:
            for item in appends:
                item.done.set_result(None)

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._open_segment()
        assert self._file is not None
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        os.fsync(self._file)
        self._size += len(data)
        if self._size >= self._limit:
            self._close_segment()

    def _forget_tail(self) -> None:
        """Cut what a failed write left behind: its senders are told to send it again."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._size)
        self._close_segment()

    def _open_segment(self) -> None:
        # The random part keeps names unique: a batch is recognised by the name of its segment.
        self._open = self._folder / f"{to_ns(clock.now()):020}-{secrets.token_hex(4)}{SUFFIX}"
        self._file = os.open(self._open, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._size = 0
        sync_folder(self._folder)

    def _close_segment(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = self._open = None


def segments_of(folder: Path) -> list[Path]:
    """Return the segments in a folder's spool, oldest first."""
    return sorted((folder / FOLDER).glob(f"*{SUFFIX}"))
