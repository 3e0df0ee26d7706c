"""Whatever arrives, the decoder answers with rows, a count of unusable records, or BadPayloadError."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.otlp.messages import gauge, log, logs, metrics, otlp_json, span, traces
from tools.otlp.decode import Encoding, Payload, Signal, Tally, rows_of
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.files.wire import varint
from tools.otlp.parts.tables import table_of

SIGNALS: tuple[Signal, ...] = get_args(Signal)
MESSAGES = {
    "traces": traces([span(n, attributes={"k": "v", "n": n, "list": [1, "x"]}) for n in range(1, 4)]),
    "logs": logs([log(n, attributes={"k": True}) for n in range(1, 4)]),
    "metrics": metrics([gauge(1.5, n, attributes={"k": "v"}) for n in range(1, 4)]),
}
PROTOBUF = {signal: message.SerializeToString() for signal, message in MESSAGES.items()}
JSON = {signal: otlp_json(message) for signal, message in MESSAGES.items()}
signals = st.sampled_from(SIGNALS)

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)


def survives(signal: Signal, encoding: Encoding, body: bytes) -> None:
    """Decode and build a table; anything but BadPayloadError fails the test."""
    tally = Tally()
    try:
        rows = list(rows_of(Payload(signal, encoding, body), tally))
    except BadPayloadError:
        return
    assert tally.kept[signal] == len(rows)
    assert table_of(signal, rows).num_rows == len(rows)


@given(signals, st.sampled_from(Encoding), st.binary(max_size=400))
def test_random_bytes(signal: Signal, encoding: Encoding, body: bytes) -> None:
    survives(signal, encoding, body)


@given(signals, st.data())
def test_protobuf_with_a_few_bytes_changed(signal: Signal, data: st.DataObject) -> None:
    body = bytearray(PROTOBUF[signal])
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    survives(signal, Encoding.PROTOBUF, bytes(body[: data.draw(st.integers(0, len(body)))]))


@given(signals, st.data())
def test_json_with_one_value_replaced(signal: Signal, data: st.DataObject) -> None:
    document = json.loads(JSON[signal])
    value = data.draw(
        st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
    )
    _replace(document, data, value)
    survives(signal, Encoding.JSON, json.dumps(document).encode())


def _replace(node: Any, data: st.DataObject, value: Any) -> None:
    """Walk down a random path and replace what is there."""
    while True:
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        below = node[key]
        if not isinstance(below, (dict, list)) or not below or data.draw(st.booleans()):
            node[key] = value
            return
        node = below


@given(signals, st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20))
def test_any_json_under_the_right_key(signal: Signal, value: Any) -> None:
    survives(signal, Encoding.JSON, json.dumps({f"resource{signal.title()}": value, "resourceSpans": value}).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"[{}]", b"{", b'"x"', b"\xff", b'{"resourceSpans": 3}', b"[" * 100_000, b'{"a":' * 100_000],
)
def test_what_is_no_json_document_is_refused(body: bytes) -> None:
    with pytest.raises(BadPayloadError):
        list(rows_of(Payload("traces", Encoding.JSON, body), Tally()))


def test_lone_surrogates_and_invalid_utf8_are_mended() -> None:
    body = JSON["logs"].replace(b'"hello"', rb'"\ud800 \ude00"', 1).replace(b'"hello"', b'"\xff"', 1)
    rows = list(rows_of(Payload("logs", Encoding.JSON, body), Tally()))
    assert [row[2] for row in rows] == ["? ?", "\ufffd", "hello"]


@pytest.mark.parametrize("depth", [30, 60, 5_000])
def test_deep_nesting_costs_one_span_at_most(depth: int) -> None:
    deep = b""
    for _ in range(depth):
        deep = _field(5, _field(1, deep))
    bad = span(2).SerializeToString() + _field(9, _field(1, b"deep") + _field(2, deep))
    batch = _field(2, _field(2, span(1).SerializeToString()) + _field(2, bad))
    tally = Tally()
    rows = list(rows_of(Payload("traces", Encoding.PROTOBUF, _field(1, batch)), tally))
    assert rows[0][1] == "0" * 15 + "1"
    assert len(rows) + tally.unusable.total() == 2


def _field(number: int, content: bytes) -> bytes:
    """Return a length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(content)) + content
