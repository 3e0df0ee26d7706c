"""Time-partitioned Parquet parts: `FOLDER/traces/2026-11-24T10/0000.parquet`, one folder an hour.

Every part lists in its metadata which batches it holds. A batch is added by replacing a part in one step, so
it is either in and listed, or neither; adding it again after a crash finds it listed and does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tools.errors import CollectorError
from tools.otlp.parts.durable import UNFINISHED, replace_durably, sync_folder
from tools.otlp.parts.tables import schema_of
from tools.window import NS, to_datetime

TIME_COLUMNS = {"traces": "start_unix_nano", "logs": "time_unix_nano", "metrics": "timestamp"}
GROWS_UNTIL = 20_000
"""Rows at which a part is left alone: below, small batches join it; above, rewriting it costs too much.

Every compaction rewrites the part it joins: 35 ms of CPU at 10,000 rows, 70 at 20,000, 175 at 50,000, 250 at 100,000,
beside a system under test on the same cores. A reader opens a few more files instead."""
ROW_GROUP = 50_000
"""Rows a row group: readers skip groups outside their window."""
_GRAINS = ((3_600, "%Y-%m-%dT%H"), (86_400, "%Y-%m-%d"))
_MOST_SLOTS = 100
_SCATTERED = "scattered"
_BATCHES = b"whydown.batches"


@dataclass(slots=True)
class _Part:
    path: Path
    rows: int
    batches: set[str]


class PartStore:
    """The parts of one folder. Only the holder of the folder's lock may use it.

    Args:
        folder: the incident folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, list[_Part]] = {}
        for signal in TIME_COLUMNS:
            for leftover in (folder / signal).rglob(f"*{UNFINISHED}"):
                leftover.unlink()

    def add(self, signal: str, batch: str, table: pa.Table) -> int:
        """Add a batch of rows, split by hour, unless it is there already.

        Args:
            signal: traces, logs or metrics.
            batch: a name that stands for exactly these rows.
            table: the rows, with the schema of the signal.

        Returns:
            The number of rows added.

        Raises:
            CollectorError: the disk refuses.
        """
        added = 0
        try:
            for folder, part in _by_time(self._folder, signal, table):
                added += self._add_to(folder, signal, batch, part)
        except OSError as error:
            raise CollectorError(f"cannot write into {self._folder}", error.strerror or str(error)) from error
        return added

    def _add_to(self, folder: Path, signal: str, batch: str, table: pa.Table) -> int:
        parts = self._parts(folder)
        if any(batch in part.batches for part in parts):
            return 0
        rows: int = table.num_rows
        last = parts[-1] if parts else None
        held = _read_rows(last, signal) if last and last.rows + rows <= GROWS_UNTIL else None
        if last is None or held is None:
            path = folder / f"{_next_number(folder):04}.parquet"
            parts.append(_Part(path, *_write(path, signal, {batch}, table)))
            return rows
        joined = pa.concat_tables([held, table])
        last.rows, last.batches = _write(last.path, signal, last.batches | {batch}, joined)
        return rows

    def _parts(self, folder: Path) -> list[_Part]:
        if folder not in self._known:
            folder.mkdir(parents=True, exist_ok=True)
            for parent in (folder.parent, self._folder):
                sync_folder(parent)
            self._known[folder] = [part for path in sorted(folder.glob("*.parquet")) if (part := _read_part(path))]
        return self._known[folder]


def _by_time(folder: Path, signal: str, table: pa.Table) -> Iterator[tuple[Path, pa.Table]]:
    """Split a table by hour; by day or not at all when its times are scattered over too many of them."""
    times = table.column(TIME_COLUMNS[signal]).to_numpy()
    seconds = (times if signal == "metrics" else times // NS).astype(np.int64)
    for width, form in _GRAINS:
        slots = seconds // width
        distinct = np.unique(slots)
        if len(distinct) <= _MOST_SLOTS:
            for slot in distinct:
                part = table if len(distinct) == 1 else table.filter(pa.array(slots == slot))
                yield folder / signal / to_datetime(int(slot) * width * NS).strftime(form), part
            return
    yield folder / signal / _SCATTERED, table


def _next_number(folder: Path) -> int:
    numbers = [int(path.stem) for path in folder.glob("*.parquet") if path.stem.isdigit()]
    return max(numbers, default=-1) + 1


def _write(path: Path, signal: str, batches: set[str], table: pa.Table) -> tuple[int, set[str]]:
    ordered = table.take(pc.sort_indices(table, sort_keys=[(TIME_COLUMNS[signal], "ascending")]))
    marked = ordered.replace_schema_metadata({_BATCHES: json.dumps(sorted(batches))})
    replace_durably(path, lambda aside: pq.write_table(marked, aside, compression="zstd", row_group_size=ROW_GROUP))
    return table.num_rows, batches


def _read_rows(part: _Part, signal: str) -> pa.Table | None:
    """Read a part's rows; None when it is broken or of an older schema, so that it is left as it is."""
    try:
        return pq.read_table(part.path, schema=schema_of(signal))
    except (pa.ArrowException, OSError):
        return None


def _read_part(path: Path) -> _Part | None:
    """Read a part's size and batches; None when the part is broken, which is for its reader to say."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError):
        return None
    marks = (file.schema_arrow.metadata or {}).get(_BATCHES, b"[]")
    return _Part(path, file.metadata.num_rows, set(json.loads(marks)))
