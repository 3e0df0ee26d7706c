"""Job logs from a run's log archive or from plain files. Archives are untrusted."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tools.errors import FormatError

MAX_MEMBERS = 2_000
MAX_MEMBER_BYTES = 64 * 1024 * 1024
MAX_TOTAL_BYTES = 256 * 1024 * 1024
"""Unpacked sizes that are read at most; a larger archive is refused before it is unpacked."""


@dataclass(frozen=True, slots=True)
class JobLog:
    """One job's raw log, and where it was read from."""

    name: str
    text: str
    source: str = ""


def read_job_logs(path: Path) -> list[JobLog]:
    """Read a log archive (zip), or one log as text.

    In an archive as GitHub makes it, the files at the top are whole jobs (`0_build.txt`) and those in
    folders their steps; steps are read only where a job has no file at the top.

    Raises:
        FormatError: no such file, too large, or a damaged archive.
    """
    if not path.is_file():
        raise FormatError(f"no job log at {path}", "give a log as text, or a zip of logs")
    if zipfile.is_zipfile(path):
        return read_log_zip(path.read_bytes(), str(path))
    if path.stat().st_size > MAX_MEMBER_BYTES:
        raise FormatError(f"{path} is larger than {MAX_MEMBER_BYTES // 2**20} MiB", "cut it to its end")
    return [JobLog(path.stem, path.read_text(encoding="utf-8", errors="replace"), str(path))]


def read_log_zip(data: bytes, source: str = "logs.zip") -> list[JobLog]:
    """Return the logs of an archive, sorted by name. Nothing is written to disk.

    Raises:
        FormatError: damaged, too many or too large members, or a member outside the archive's root.
    """
    with opened(data, f"{source} is a damaged archive") as archive:
        members = checked_members(archive)
        top = {member.filename for member in members if "/" not in member.filename}
        jobs = {_job_name(name) for name in top}
        chosen = [m for m in members if m.filename in top or m.filename.split("/")[0] not in jobs]
        texts = [(m.filename, archive.read(m).decode("utf-8", errors="replace")) for m in chosen]
    return [JobLog(_job_name(name), text, source) for name, text in sorted(texts) if name.endswith((".txt", ".log"))]


@contextmanager
def opened(data: bytes, damaged: str) -> Iterator[zipfile.ZipFile]:
    """Open an archive that is read within the block.

    Args:
        data: the archive.
        damaged: what is said of it when it cannot be read.

    Raises:
        FormatError: it is damaged, encrypted, or packed in a way that is not known.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise FormatError(damaged, str(error)) from error


def checked_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return an archive's files, once none of them can harm.

    Raises:
        FormatError: too many or too large members, or a path that leaves the archive's root.
    """
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        raise FormatError("the archive unpacks to too much", f"at most {MAX_TOTAL_BYTES // 2**20} MiB are read")
    for member in members:
        if member.file_size > MAX_MEMBER_BYTES:
            raise FormatError("a file of the archive is too large", f"at most {MAX_MEMBER_BYTES // 2**20} MiB are read")
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in member.filename[:2]:
            raise FormatError("a path in the archive leaves its root", "the archive is refused")
    return members


def _job_name(path: str) -> str:
    """Return a job's name from its file: `0_build (3.11).txt` → `build (3.11)`."""
    stem = PurePosixPath(path).with_suffix("").as_posix() if path.endswith((".txt", ".log")) else path
    number, underscore, rest = stem.partition("_")
    return rest if underscore and number.isdecimal() else stem
