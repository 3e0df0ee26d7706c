"""Answers survive the journal: rows, arrays, numbers that JSON does not know, and hostile names."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.journal.codec import decode, encode
from tests.builders import SCOPE, Folder, Log, gauge, shop
from tools.sources.rows import Buckets, Call, Spread, Two

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["~Call", "~dict", "~array"]), inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def through(value: Any) -> Any:
    """Return a value as it comes back from a file."""
    return decode(orjson.loads(orjson.dumps(encode(value))))


@given(values)
def test_plain_values_come_back(value: Any) -> None:
    assert through(value) == value


@pytest.mark.parametrize("number", [math.inf, -math.inf])
def test_what_json_does_not_know(number: float) -> None:
    assert through(number) == number
    assert math.isnan(through(math.nan))
    assert json.loads(json.dumps(encode(math.nan), allow_nan=False))


def test_rows_and_arrays_come_back() -> None:
    assert through([Call("a", "b", 3)]) == [Call("a", "b", 3)]
    spread = through(Two(Spread(1, mean=2.0), Spread(0)))
    assert (spread.baseline.mean, spread.incident.n) == (2.0, 0)
    assert math.isnan(spread.incident.p50)
    buckets = Buckets(np.array([2**62], np.int64), np.array([1.0]), np.array([math.nan]), np.array([0.1]))
    again = through(buckets)
    assert again.times.dtype == np.int64
    assert again.times.tolist() == [2**62]
    assert np.isnan(again.p50[0])


def test_everything_that_sources_answer_comes_back(tmp_path: Any) -> None:
    folder = Folder(tmp_path / "shop").spans(*shop(0, 60), *shop(60, 60, {"pay": 80.0}))
    folder.logs(*(Log("pay", f"charged {n}", at=n) for n in range(120)))
    folder.metrics(*gauge("pay", "cpu.usage", [0.1] * 6 + [0.7] * 6))
    telemetry = folder.open()
    assert telemetry.traces is not None
    assert telemetry.logs is not None
    assert telemetry.metrics is not None
    traces = telemetry.traces
    for answer in (
        *(ask(SCOPE) for ask in (traces.operations, traces.edges, traces.calls, traces.entries, traces.topology)),
        telemetry.logs.lines(SCOPE),
        telemetry.logs.search(SCOPE.incident, "pay", "", 5),
        telemetry.metrics.series(SCOPE),
        traces.extent(),
    ):
        assert answer
        assert repr(through(answer)) == repr(answer)


def test_what_is_not_listed_is_neither_written_nor_made() -> None:
    with pytest.raises(TypeError, match="nothing that a source or tool answers"):
        encode(object())
    with pytest.raises(ValueError, match="nothing called ~Popen"):
        decode({"~Popen": {"args": "true"}})
