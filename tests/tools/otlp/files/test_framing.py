"""Files are cut into messages, whatever is written before each."""

import io
import struct

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.otlp.messages import otlp_json, span, traces
from tools.otlp.decode import Encoding
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.files import framing
from tools.otlp.files.framing import Frame, frames
from tools.otlp.files.wire import varint

FIRST, SECOND = traces([span(1)]).SerializeToString(), traces([span(2), span(3)]).SerializeToString()


def cut(content: bytes) -> list[Frame]:
    return list(frames(io.BytesIO(content), content[:64]))


def prefixed(*messages: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(message)) + message for message in messages)


def zstd(message: bytes) -> bytes:
    return bytes(pa.compress(message, "zstd", asbytes=True))


def delimited(*messages: bytes) -> bytes:
    return b"".join(varint(len(message)) + message for message in messages)


@pytest.mark.parametrize(
    "content",
    [prefixed(FIRST, SECOND), prefixed(zstd(FIRST), zstd(SECOND)), delimited(FIRST, SECOND)],
    ids=["4-byte lengths", "zstd behind 4-byte lengths", "varint lengths"],
)
def test_messages_behind_a_length(content: bytes) -> None:
    assert cut(content) == [
        Frame("message 1", Encoding.PROTOBUF, FIRST),
        Frame("message 2", Encoding.PROTOBUF, SECOND),
    ]


def test_a_lone_message_comes_in_its_batches() -> None:
    assert cut(FIRST + SECOND) == [
        Frame("batch 1", Encoding.PROTOBUF, FIRST),
        Frame("batch 2", Encoding.PROTOBUF, SECOND),
    ]


def test_json_behind_a_length() -> None:
    body = otlp_json(traces([span(1)]))
    assert cut(prefixed(body, zstd(body))) == [
        Frame("message 1", Encoding.JSON, body),
        Frame("message 2", Encoding.JSON, body),
    ]


def test_json_lines_are_counted_with_the_empty_ones() -> None:
    assert cut(b'\xef\xbb\xbf{"a":1}\r\n\n  {"b":2}') == [
        Frame("line 1", Encoding.JSON, b'{"a":1}'),
        Frame("line 3", Encoding.JSON, b'{"b":2}'),
    ]


@pytest.mark.parametrize("content", [b'{\n "a": 1\n}\n', b'[\n{"a":1},\n{"b":2}\n]'])
def test_a_document_printed_over_many_lines_is_one_message(content: bytes) -> None:
    assert cut(content) == [Frame("the document", Encoding.JSON, content)]


def test_a_line_too_long_for_memory_is_named_and_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MAX_FRAME", 20)
    found = cut(b'{"a":"' + b"x" * 100 + b'"}\n{"b":2}\n')
    assert [(frame.where, frame.body, bool(frame.problem)) for frame in found] == [
        ("line 1", b"", True),
        ("line 2", b'{"b":2}', False),
    ]


@pytest.mark.parametrize(
    "content",
    [b"hello", b"PAR1", b"\x00" * 40, b"<html>", b"\xff" * 40, struct.pack(">I", 2**31) + FIRST],
)
def test_what_is_not_otlp_is_refused(content: bytes) -> None:
    with pytest.raises(BadPayloadError, match="neither OTLP/JSON nor OTLP protobuf"):
        cut(content)


@pytest.mark.parametrize("content", [prefixed(FIRST, SECOND), delimited(FIRST, SECOND), FIRST + SECOND])
@given(data=st.data())
def test_a_file_cut_short_gives_what_came_before(content: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(len(FIRST) + 10, len(content) - 1))
    found: list[bytes] = []
    with pytest.raises(BadPayloadError, match=r"cut short in (message|batch) 2"):
        found.extend(frame.body for frame in frames(io.BytesIO(content[:end]), content[:64]))
    assert found == [FIRST]


def test_an_empty_file_has_no_messages() -> None:
    assert cut(b"") == []


def test_a_broken_zstd_message_is_named() -> None:
    broken = zstd(FIRST)[:4] + b"\x00" * 20
    problem, good = cut(prefixed(broken, FIRST))
    assert problem.where == "message 1"
    assert problem.problem
    assert good.body == FIRST


@given(st.binary(max_size=300))
def test_any_bytes_are_cut_or_refused(content: bytes) -> None:
    try:
        cut(content)
    except BadPayloadError:
        with pytest.raises(BadPayloadError):
            cut(content)
