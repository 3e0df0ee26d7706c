"""Compaction: every record ends up in parts exactly once, whatever step a crash interrupts."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.otlp.messages import T0, log, logs, span, traces
from tools.errors import CollectorError
from tools.incident import open_folder
from tools.otlp.decode import Encoding, Payload, Tally
from tools.otlp.parts import batches, part_store
from tools.otlp.parts.part_store import PartStore
from tools.otlp.receive import segment
from tools.otlp.receive.compaction import compact, recover
from tools.otlp.receive.spool import FOLDER, SUFFIX

HOUR_MS = 3_600_000


def spooled(folder: Path, *records: bytes, name: str = "1") -> Path:
    """Write a segment as a collector that was killed left it."""
    path = folder / FOLDER / f"{name}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(records))
    return path


def trace_record(*numbers: int) -> bytes:
    body = traces(span(number) for number in numbers).SerializeToString()
    return segment.encode(Payload("traces", Encoding.PROTOBUF, body, T0))


def log_record(body: str) -> bytes:
    data = logs([log(body=body, time_unix_nano=0)]).SerializeToString()
    return segment.encode(Payload("logs", Encoding.PROTOBUF, data, T0 + 5))


def stored(folder: Path, signal: str = "traces", column: str = "span_id") -> list[Any]:
    """Return a column of all parts, sorted."""
    found = [pq.read_table(path).column(column).to_pylist() for path in open_folder(folder).signals[signal]]
    return sorted(value for part in found for value in part)


def spans(*numbers: int) -> list[str]:
    return [f"{number:016x}" for number in numbers]


def test_a_segment_becomes_parts_and_goes(tmp_path: Path) -> None:
    path = spooled(tmp_path, trace_record(1, 2), log_record("late"), trace_record(HOUR_MS))
    tally = recover(tmp_path, PartStore(tmp_path))
    assert tally.kept == {"traces": 3, "logs": 1}
    assert stored(tmp_path) == spans(1, 2, HOUR_MS)
    assert not path.exists()


def test_a_log_record_without_time_gets_that_of_its_receipt(tmp_path: Path) -> None:
    spooled(tmp_path, log_record("when?"))
    recover(tmp_path, PartStore(tmp_path))
    assert stored(tmp_path, "logs", "time_unix_nano") == [T0 + 5]


def test_a_torn_last_record_was_never_acknowledged_and_is_dropped(tmp_path: Path) -> None:
    path = spooled(tmp_path, trace_record(1), trace_record(2)[:-3])
    recover(tmp_path, PartStore(tmp_path))
    assert stored(tmp_path) == spans(1)
    assert not path.exists()


def test_a_damaged_record_costs_itself_and_the_segment_is_kept_aside(tmp_path: Path) -> None:
    damaged = bytearray(trace_record(2))
    damaged[-1] ^= 0xFF
    path = spooled(tmp_path, trace_record(1), bytes(damaged), trace_record(3))
    recover(tmp_path, PartStore(tmp_path))
    assert stored(tmp_path) == spans(1, 3)
    assert path.with_suffix(".damaged").exists()
    assert recover(tmp_path, PartStore(tmp_path)).kept == {}


@pytest.mark.parametrize(
    ("step", "at"),
    [
        *(("replace_durably", at) for at in range(5)),
        *(("sync_folder", at) for at in range(4)),
        ("unlink", 0),
        ("unlink", 1),
    ],
)
def test_a_crash_at_any_step_neither_loses_nor_doubles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, at: int
) -> None:
    spooled(tmp_path, trace_record(1, HOUR_MS), log_record("a"), trace_record(2 * HOUR_MS))
    spooled(tmp_path, trace_record(3), name="2")
    crash_after(monkeypatch, step, at)
    with pytest.raises(CollectorError):
        recover(tmp_path, PartStore(tmp_path))
    monkeypatch.undo()
    recover(tmp_path, PartStore(tmp_path))
    assert stored(tmp_path) == sorted(spans(1, 3, HOUR_MS, 2 * HOUR_MS))
    assert stored(tmp_path, "logs", "body") == ["a"]
    assert not list((tmp_path / FOLDER).iterdir())


def crash_after(monkeypatch: pytest.MonkeyPatch, step: str, passes: int) -> None:
    """Make the step fail after it has worked a number of times."""
    owner: object = Path if step == "unlink" else part_store
    works, calls = getattr(owner, step), []

    def fails(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) > passes:
            raise OSError(5, "killed")
        works(*arguments)

    monkeypatch.setattr(owner, step, fails)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5 * HOUR_MS), min_size=1, max_size=5, unique=True), min_size=1, max_size=4))
def test_compacting_the_same_segment_again_adds_nothing(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("incident")
    path = spooled(folder, *(trace_record(*group) for group in groups))
    raw = path.read_bytes()
    compact(path, PartStore(folder), Tally())
    before = stored(folder)
    path.write_bytes(raw)
    compact(path, PartStore(folder), Tally())
    assert stored(folder) == before == sorted(name for group in groups for name in spans(*group))


def test_a_segment_larger_than_a_batch_is_as_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "ROWS", 2)
    records = [trace_record(*range(first, first + 3)) for first in (1, 4, 7)]
    spooled(tmp_path, *records)
    crash_after(monkeypatch, "replace_durably", 2)
    with pytest.raises(CollectorError):
        recover(tmp_path, PartStore(tmp_path))
    monkeypatch.undo()
    monkeypatch.setattr(batches, "ROWS", 2)
    recover(tmp_path, PartStore(tmp_path))
    assert stored(tmp_path) == spans(*range(1, 10))
