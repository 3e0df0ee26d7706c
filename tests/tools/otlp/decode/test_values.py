"""Attribute values as text, the same from protobuf and from JSON."""

import math

import pytest
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.otlp.messages import any_value, pairs
from tools.otlp.decode import json_values
from tools.otlp.decode.tally import BadRecordError
from tools.otlp.decode.values import AttributeCache, text_of

scalars = st.one_of(st.text(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.binary())
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é 🚀", "é 🚀"),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (2**62, "4611686018427387904"),
        (0.1, "0.1"),
        (math.nan, "nan"),
        (b"\x00\xff", "AP8="),
        ([1, "a", [True]], '[1,"a",[true]]'),
        ({"a": {"b": 1}}, '{"a":{"b":1}}'),
    ],
)
def test_values_read_naturally(value: object, text: str) -> None:
    (pair,) = pairs({"key": value})
    assert AttributeCache().decode([pair.SerializeToString()]) == {"key": text}


@given(values)
def test_protobuf_and_json_give_the_same_text(value: object) -> None:
    (pair,) = pairs({"key": value})
    from_protobuf = AttributeCache()[pair.SerializeToString()][1]
    assert json_values.value_text(json_format.MessageToDict(any_value(value))) == from_protobuf


def test_a_deep_value_is_cut_rather_than_followed() -> None:
    deep: object = "bottom"
    for _ in range(45):
        deep = [deep]
    (pair,) = pairs({"key": deep})
    text = AttributeCache()[pair.SerializeToString()][1]
    assert "bottom" not in text
    assert json_values.value_text(json_format.MessageToDict(any_value(deep))) == text


def test_the_last_of_two_equal_names_wins() -> None:
    raw = [pair.SerializeToString() for pair in [*pairs({"a": 1}), *pairs({"a": 2})]]
    assert AttributeCache().decode(raw) == {"a": "2"}


def test_the_cache_forgets_before_it_grows_without_bound() -> None:
    cache = AttributeCache()
    for number in range(50_001):
        cache[pairs({"n": number})[0].SerializeToString()]
    assert len(cache) == 1
    cache[pairs({"long": "x" * 10_000})[0].SerializeToString()]
    assert len(cache) == 1


def test_garbage_is_not_an_attribute() -> None:
    with pytest.raises(DecodeError):
        AttributeCache()[b"\xff\xff"]


def test_invalid_utf8_costs_a_character_not_the_attribute() -> None:
    assert AttributeCache()[b"\x0a\x01k\x12\x04\x0a\x02\xffx"] == ("k", "\ufffdx")


@pytest.mark.parametrize(
    "value", ["text", 1, [1], {"arrayValue": 3}, {"intValue": "x"}, {"kvlistValue": {"values": [1]}}]
)
def test_a_malformed_json_value_is_refused(value: object) -> None:
    with pytest.raises(BadRecordError):
        json_values.value_text(value)


def test_plain_values_as_text() -> None:
    assert [text_of(value) for value in (None, "x", True, 1, 1.5)] == ["", "x", "true", "1", "1.5"]
