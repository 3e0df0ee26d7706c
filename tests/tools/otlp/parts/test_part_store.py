"""Parts: partitioned by time, sorted, replaced in one step, each batch in them once."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.tools.otlp.messages import T0, gauge, metrics, rows, span, traces
from tools.errors import CollectorError
from tools.incident import open_folder
from tools.otlp.parts import part_store
from tools.otlp.parts.durable import replace_durably
from tools.otlp.parts.part_store import PartStore
from tools.otlp.parts.tables import table_of
from tools.window import NS

HOUR_MS = 3_600_000


def spans(*numbers: int) -> pa.Table:
    """Return a table of spans that start so many ms after T0."""
    return table_of("traces", [tuple(row.values()) for row in rows("traces", traces(span(n) for n in numbers))])


def stored(folder: Path, signal: str = "traces") -> pa.Table:
    """Return everything in the parts of a signal."""
    return pa.concat_tables(pq.read_table(path) for path in open_folder(folder).signals[signal])


def ids(folder: Path) -> list[int]:
    """Return the numbers of all stored spans, in the order of the parts."""
    return [int(text, 16) for text in stored(folder).column("span_id").to_pylist()]


def test_rows_are_split_by_hour_and_sorted(tmp_path: Path) -> None:
    assert PartStore(tmp_path).add("traces", "a", spans(5, HOUR_MS + 1, 2, 9)) == 4
    assert [path.relative_to(tmp_path).as_posix() for path in open_folder(tmp_path).signals["traces"]] == [
        "traces/2023-11-14T22/0000.parquet",
        "traces/2023-11-14T23/0000.parquet",
    ]
    assert ids(tmp_path) == [2, 5, 9, HOUR_MS + 1]


def test_a_batch_is_added_once_also_by_another_process(tmp_path: Path) -> None:
    store = PartStore(tmp_path)
    assert store.add("traces", "a", spans(1, 2)) == 2
    assert store.add("traces", "a", spans(1, 2)) == 0
    assert PartStore(tmp_path).add("traces", "a", spans(1, 2)) == 0
    assert PartStore(tmp_path).add("traces", "b", spans(3)) == 1
    assert ids(tmp_path) == [1, 2, 3]


def test_small_batches_grow_one_part_and_large_ones_get_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_store, "GROWS_UNTIL", 4)
    store = PartStore(tmp_path)
    for number in range(1, 7):
        store.add("traces", f"batch {number}", spans(number))
    assert [pq.read_metadata(path).num_rows for path in open_folder(tmp_path).signals["traces"]] == [4, 2]
    assert ids(tmp_path) == [1, 2, 3, 4, 5, 6]
    assert PartStore(tmp_path).add("traces", "batch 2", spans(2)) == 0


def test_a_batch_half_added_before_a_crash_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = spans(1, HOUR_MS, 2 * HOUR_MS)
    written: list[Path] = []

    def crash_at_the_second(target: Path, writer: Callable[[Path], None]) -> None:
        if written:
            target.with_name(target.name + ".unfinished").write_bytes(b"PAR1 half")
            raise OSError(28, "No space left on device")
        written.append(target)
        replace_durably(target, writer)

    monkeypatch.setattr(part_store, "replace_durably", crash_at_the_second)
    with pytest.raises(CollectorError, match="No space left"):
        PartStore(tmp_path).add("traces", "a", table)
    monkeypatch.undo()
    assert ids(tmp_path) == [1]
    assert PartStore(tmp_path).add("traces", "a", table) == 2
    assert ids(tmp_path) == [1, HOUR_MS, 2 * HOUR_MS]
    assert not list(tmp_path.rglob("*.unfinished"))


def test_times_all_over_the_place_do_not_make_a_folder_each(tmp_path: Path) -> None:
    day = 24 * HOUR_MS
    PartStore(tmp_path).add("traces", "days", spans(*(1 + n * 5 * HOUR_MS for n in range(150))))
    names = {path.parent.name for path in open_folder(tmp_path).signals["traces"]}
    assert len(names) == 32
    assert "2023-11-14" in names
    PartStore(tmp_path).add("traces", "years", spans(*(2 + n * 30 * day for n in range(150))))
    assert (tmp_path / "traces/scattered/0000.parquet").exists()
    assert len(ids(tmp_path)) == 300


def test_a_broken_part_is_left_for_its_reader_to_report(tmp_path: Path) -> None:
    store = PartStore(tmp_path)
    store.add("traces", "a", spans(1))
    part = tmp_path / "traces/2023-11-14T22/0000.parquet"
    part.write_bytes(b"PAR1 cut")
    PartStore(tmp_path).add("traces", "b", spans(2))
    assert part.read_bytes() == b"PAR1 cut"
    assert pq.read_metadata(part.with_name("0001.parquet")).num_rows == 1


def test_metrics_are_partitioned_by_their_seconds(tmp_path: Path) -> None:
    table = table_of("metrics", [tuple(row.values()) for row in rows("metrics", metrics([gauge(2, 2), gauge(1, 1)]))])
    PartStore(tmp_path).add("metrics", "a", table)
    assert (tmp_path / "metrics/2023-11-14T22/0000.parquet").exists()
    assert stored(tmp_path, "metrics").column("value").to_pylist() == [1.0, 2.0]
    assert stored(tmp_path, "metrics").column("timestamp")[0].as_py() == T0 / NS + 0.001


def test_row_groups_let_readers_skip_what_is_outside_their_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_store, "ROW_GROUP", 2)
    PartStore(tmp_path).add("traces", "a", spans(4, 3, 2, 1))
    metadata = pq.read_metadata(tmp_path / "traces/2023-11-14T22/0000.parquet")
    column = [column.name for column in metadata.schema].index("start_unix_nano")
    found = [metadata.row_group(group).column(column).statistics for group in range(metadata.num_row_groups)]
    assert [(stat.min - T0, stat.max - T0) for stat in found] == [(1_000_000, 2_000_000), (3_000_000, 4_000_000)]
