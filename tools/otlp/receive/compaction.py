"""Turn closed spool segments into Parquet parts, so that each record ends up there exactly once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools.errors import CollectorError
from tools.otlp.decode import Payload, Tally, rows_of
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.parts.batches import Batches
from tools.otlp.parts.durable import sync_folder
from tools.otlp.parts.part_store import PartStore
from tools.otlp.receive import segment
from tools.otlp.receive.spool import segments_of

_DAMAGED = ".damaged"
"""Suffix of a segment with unreadable records, kept for a person to look at."""


def compact(path: Path, parts: PartStore, tally: Tally, seen: Callable[[Payload], None] | None = None) -> None:
    """Move a segment's records into parts and remove the segment.

    Safe to repeat after a crash at any point: the parts know which batches they hold.

    Args:
        path: a closed segment.
        parts: where its rows go.
        tally: counts what was kept and what could not be used.
        seen: called with every payload.

    Raises:
        CollectorError: the disk refuses; the segment is still there.
    """
    damage = segment.Damage()
    batches = Batches(parts, path.stem)
    try:
        for payload in segment.read(path, damage):
            if seen is not None:
                seen(payload)
            try:
                batches.extend(payload.signal, rows_of(payload, tally))
            except BadPayloadError:
                damage.records += 1
        batches.finish()
        if damage.records:
            path.rename(path.with_suffix(_DAMAGED))
        else:
            path.unlink()
        sync_folder(path.parent)
    except OSError as error:
        raise CollectorError(f"cannot compact {path}", error.strerror or str(error)) from error


def recover(folder: Path, parts: PartStore, seen: Callable[[Payload], None] | None = None) -> Tally:
    """Compact what an earlier collector left in a folder's spool, and return what that was.

    Raises:
        CollectorError: the disk refuses; nothing is lost.
    """
    tally = Tally()
    for path in segments_of(folder):
        compact(path, parts, tally, seen)
    return tally
