"""The receiver: durable before acknowledged, repetitions once, refusals counted."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.tools.otlp.messages import log, logs, otlp_json, span, traces
from tools.errors import CollectorError
from tools.otlp.decode import Encoding, Payload
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.receive import segment
from tools.otlp.receive.receiver import Receipt, Receiver
from tools.otlp.receive.spool import Spool, segments_of

ONE = traces([span(1)]).SerializeToString()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    opened = Spool(tmp_path)
    yield opened
    opened.close()


def spooled(folder: Path) -> list[bytes]:
    return [found.body for path in segments_of(folder) for found in segment.read(path, segment.Damage())]


def test_accepted_means_on_disk(spool: Spool, tmp_path: Path) -> None:
    receiver = Receiver(spool)
    assert receiver.accept("traces", Encoding.PROTOBUF, ONE) == Receipt(0, "")
    assert spooled(tmp_path) == [ONE]
    assert receiver.tally.kept == {"traces": 1}


def test_unusable_records_are_counted_and_the_others_kept(spool: Spool, tmp_path: Path) -> None:
    body = traces([span(1), span(2, trace_id=b""), span(3, span_id=b"")]).SerializeToString()
    assert Receiver(spool).accept("traces", Encoding.PROTOBUF, body) == Receipt(2, "no valid trace id or span id")
    assert spooled(tmp_path) == [body]


def test_a_request_with_nothing_usable_is_not_kept(spool: Spool, tmp_path: Path) -> None:
    receiver = Receiver(spool)
    assert receiver.accept("traces", Encoding.PROTOBUF, traces([span(trace_id=b"")]).SerializeToString()).refused == 1
    assert receiver.accept("logs", Encoding.PROTOBUF, b"") == Receipt(0, "")
    assert spooled(tmp_path) == []


@pytest.mark.parametrize("encoding", Encoding)
def test_garbage_is_refused_and_not_kept(spool: Spool, tmp_path: Path, encoding: Encoding) -> None:
    with pytest.raises(BadPayloadError, match="not"):
        Receiver(spool).accept("metrics", encoding, b"\xff\x00garbage")
    assert spooled(tmp_path) == []


def test_a_repeated_request_is_stored_once_also_after_a_restart(spool: Spool, tmp_path: Path) -> None:
    receiver = Receiver(spool)
    receiver.accept("traces", Encoding.PROTOBUF, ONE)
    receiver.accept("traces", Encoding.PROTOBUF, ONE)
    restarted = Receiver(spool)
    restarted.remember(Payload("traces", Encoding.PROTOBUF, ONE))
    assert restarted.accept("traces", Encoding.PROTOBUF, ONE) == Receipt(0, "")
    assert spooled(tmp_path) == [ONE]
    assert receiver.tally.kept == {"traces": 1}


def test_the_same_bytes_of_another_signal_are_no_repetition(spool: Spool, tmp_path: Path) -> None:
    receiver = Receiver(spool)
    body = otlp_json(logs([log()]))[:-1] + b"," + otlp_json(traces([span()]))[1:]
    receiver.accept("logs", Encoding.JSON, body)
    receiver.accept("traces", Encoding.JSON, body)
    assert spooled(tmp_path) == [body, body]


def test_equal_requests_at_the_same_time_are_stored_once(spool: Spool, tmp_path: Path) -> None:
    receiver = Receiver(spool)
    barrier = threading.Barrier(8)

    def send(_: int) -> Receipt:
        barrier.wait(10)
        return receiver.accept("traces", Encoding.PROTOBUF, ONE)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(8))) == [Receipt(0, "")] * 8
    assert spooled(tmp_path) == [ONE]


def test_what_the_disk_refused_is_accepted_when_sent_again(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver = Receiver(spool)
    failed: Future[None] = Future()
    failed.set_exception(CollectorError("the spool cannot be written", "No space left on device"))
    monkeypatch.setattr(spool, "append", lambda _: failed)
    with pytest.raises(CollectorError, match="No space left"):
        receiver.accept("traces", Encoding.PROTOBUF, ONE)
    monkeypatch.undo()
    assert receiver.accept("traces", Encoding.PROTOBUF, ONE) == Receipt(0, "")
    assert spooled(tmp_path) == [ONE]
    assert receiver.tally.kept == {"traces": 1}
