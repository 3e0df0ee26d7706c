"""One writer a folder: collector or import, never two of them."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.errors import CollectorError

FILE_NAME = ".whydown.lock"


class FolderLock:
    """An exclusive lock on a folder, held by the open file: the kernel frees it when the process dies.

    Raises:
        CollectorError: another collector or import holds it, or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(folder / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise CollectorError(f"cannot write into {folder}", error.strerror or str(error)) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._file, 32).decode("ascii", "replace").strip()
            os.close(self._file)
            raise CollectorError(
                f"{folder} is being written by another whydown process{f' ({holder})' if holder else ''}",
                "stop it first, or collect into another folder",
            ) from error
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"pid {os.getpid()}".encode(), 0)

    def release(self) -> None:
        """Free the lock; the file stays, because removing it would race with the next holder."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
