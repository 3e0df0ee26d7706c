"""The spool: durable in groups, from many threads, in segments."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.errors import CollectorError
from tools.otlp.decode import Encoding, Payload
from tools.otlp.receive import segment
from tools.otlp.receive.spool import Spool, segments_of


def payload(number: int) -> Payload:
    return Payload("logs", Encoding.JSON, f"record {number}".encode(), number)


def content(folder: Path) -> list[Payload]:
    return [found for path in segments_of(folder) for found in segment.read(path, segment.Damage())]


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path)
    yield opened
    opened.close()


def test_a_record_is_on_disk_when_its_future_is_done(spool: Spool, tmp_path: Path) -> None:
    spool.append(payload(1)).result(10)
    assert content(tmp_path) == [payload(1)]
    assert spool.closed_segments() == []


def test_rotation_closes_what_was_appended_before(spool: Spool, tmp_path: Path) -> None:
    spool.append(payload(1))
    spool.rotate()
    spool.append(payload(2)).result(10)
    (closed,) = spool.closed_segments()
    assert list(segment.read(closed, segment.Damage())) == [payload(1)]
    assert content(tmp_path) == [payload(1), payload(2)]


def test_rotating_without_records_makes_no_segment(spool: Spool, tmp_path: Path) -> None:
    spool.rotate()
    assert segments_of(tmp_path) == []


def test_segments_are_bounded_in_size(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=100)
    for number in range(10):
        spool.append(payload(number)).result(10)
    spool.close()
    assert len(segments_of(tmp_path)) >= 3
    assert content(tmp_path) == [payload(number) for number in range(10)]


def test_many_threads_share_it(spool: Spool, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: spool.append(payload(number)).result(30), range(400)))
    assert sorted(found.received_ns for found in content(tmp_path)) == list(range(400))


def test_closing_writes_what_is_queued(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    futures = [spool.append(payload(number)) for number in range(50)]
    spool.close()
    assert all(future.done() for future in futures)
    assert len(content(tmp_path)) == 50


def test_a_disk_that_refuses_is_told_to_the_sender_and_later_records_work(spool: Spool, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / ".spool")
    with pytest.raises(CollectorError, match="the spool cannot be written"):
        spool.append(payload(1)).result(10)
    (tmp_path / ".spool").mkdir()
    spool.append(payload(2)).result(10)
    assert content(tmp_path) == [payload(2)]


def test_what_a_failed_sync_left_behind_is_cut(spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool.append(payload(1)).result(10)

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(CollectorError, match="Input/output error"):
        spool.append(payload(2)).result(10)
    monkeypatch.undo()
    spool.append(payload(3)).result(10)
    assert content(tmp_path) == [payload(1), payload(3)]
