"""Import OTLP files into an incident folder, in bounded memory."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.errors import FormatError
from tools.otlp.decode import Encoding, Payload, Signal, Tally, json_document, json_records, rows_of, rows_of_document
from tools.otlp.decode.rows import Row
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.files.framing import Frame, frames
from tools.otlp.files.reading import DAMAGES, Progress, check, digest, opened
from tools.otlp.files.wire import signal_of
from tools.otlp.parts.batches import Batches
from tools.otlp.parts.lock import FolderLock
from tools.otlp.parts.part_store import PartStore
from tools.otlp.receive.compaction import recover

_FORMAT = "import-1"
"""Part of each batch's name; changes when the same file would give other rows."""
_SHOWN = 10
"""Problems that are kept with their place; the others are only counted."""


@dataclass(slots=True)
class ImportReport:
    """What an import did.

    `tally` counts records read, `added` by signal those that the folder did not hold yet, `unreadable` messages
    (lines, or whole rests of files) of which no record could be counted. `problems` are `file: place: reason`.
    `recovered` is what a killed collector had left in the folder's spool.
    """

    files: int = 0
    tally: Tally = field(default_factory=Tally)
    added: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    problems: list[str] = field(default_factory=list)
    recovered: Tally = field(default_factory=Tally)

    def refuse(self, path: Path, where: str, reason: str) -> None:
        """Count a message that could not be read."""
        self.unreadable += 1
        self.note(path, where, reason)

    def note(self, path: Path, where: str, reason: str) -> None:
        """Keep a problem, if there is room."""
        if len(self.problems) < _SHOWN:
            self.problems.append(f"{path}: {where}: {reason}" if where else f"{path}: {reason}")


def import_files(files: Sequence[Path], into: Path, progress: Progress = lambda _: None) -> ImportReport:
    """Import files; importing one again adds nothing.

    Args:
        files: OTLP JSON or protobuf, plain, gzip or zstd; the signals are found from the content.
        into: the incident folder; made when missing.
        progress: told about bytes read.

    Raises:
        InputError: a file is missing or cannot be read; nothing has been imported.
        FormatError: nothing in the files could be used.
        CollectorError: the folder is being written by another process, or the disk refuses.
    """
    for path in files:
        check(path)
    report = ImportReport()
    with FolderLock(into), _without_cycle_search():
        parts = PartStore(into)
        report.recovered = recover(into, parts)
        for path in files:
            _import_file(path, parts, report, progress)
    if not report.tally.kept.total() and not report.tally.noise:
        first = report.problems[0] if report.problems else "the files hold no records"
        raise FormatError("nothing to import", first)
    return report


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Pause the garbage collector: decoding makes millions of objects but no cycles (a third of JSON's time)."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _import_file(path: Path, parts: PartStore, report: ImportReport, progress: Progress) -> None:
    report.files += 1
    batches = Batches(parts, f"{_FORMAT}/{digest(path)}")
    try:
        with opened(path, progress) as (head, stream):
            for frame in frames(stream, head):
                _import_frame(path, frame, batches, report)
    except BadPayloadError as error:
        report.refuse(path, "", str(error))
    except DAMAGES as error:
        report.refuse(path, "", f"damaged or cut short ({error}); what came before it is imported")
    batches.finish()
    report.added += batches.added


def _import_frame(path: Path, frame: Frame, batches: Batches, report: ImportReport) -> None:
    tally = Tally()
    try:
        if frame.problem:
            raise BadPayloadError(frame.problem)
        for signal, rows in _rows(frame, tally):
            batches.extend(signal, rows)
    except BadPayloadError as error:
        report.refuse(path, frame.where, str(error))
    if tally.unusable:
        report.note(path, frame.where, f"{tally.unusable.total():,} unusable, {tally.main_reason}")
    report.tally.add(tally)


def _rows(frame: Frame, tally: Tally) -> Iterator[tuple[Signal, Iterator[Row]]]:
    if frame.encoding == Encoding.PROTOBUF:
        held = signal_of(frame.body)
        if held is not None:
            yield held, rows_of(Payload(held, Encoding.PROTOBUF, frame.body), tally)
        return
    for document in json_document.load_all(frame.body):
        for signal, key in json_records.KEYS.items():
            if key in document:
                yield signal, rows_of_document(signal, document, tally)
        if document.keys().isdisjoint(json_records.KEYS.values()):
            raise BadPayloadError("JSON, but none of resourceSpans, resourceLogs, resourceMetrics in it")
