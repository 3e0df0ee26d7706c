"""Finding the incident where nobody says when it was."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import T0, Folder, Log, Point, Span
from tools.analysers.onset import find_incident, worst_run
from tools.sources import Telemetry
from tools.window import NS, TimeWindow

EXTENT = TimeWindow(start_ns=T0 * NS, end_ns=(T0 + 600) * NS)


def requests(slow: range = range(0), failed: range = range(0)) -> list[Span]:
    """Return two requests a second for ten minutes, some of them slow or failed."""
    return [
        Span(f"t{i}", "a", at=i / 2, ms=(400.0 if i // 2 in slow else 40.0) + (i * 7919) % 13, error=i // 2 in failed)
        for i in range(1200)
    ]


def seconds(found: TimeWindow | None) -> tuple[float, float]:
    assert found is not None
    return found.start_ns / NS - T0, found.end_ns / NS - T0


@pytest.mark.parametrize("where", [range(420, 600), range(120, 240), range(200, 600)])
def test_slow_or_failing_requests_show_when(tmp_path: Path, where: range) -> None:
    for name, spans in (("slow", requests(slow=where)), ("failed", requests(failed=where))):
        start, end = seconds(find_incident(Folder(tmp_path / name).spans(*spans).open(), EXTENT))
        assert start == pytest.approx(where.start, abs=10)
        assert end == pytest.approx(where.stop, abs=10)


def test_calm_data_has_no_incident(tmp_path: Path) -> None:
    assert find_incident(Folder(tmp_path).spans(*requests()).open(), EXTENT) is None


def test_metrics_tell_where_there_are_no_traces(tmp_path: Path) -> None:
    points = [Point("shop", "request_latency_p90", 900.0 if i >= 40 else 50.0 + i % 3, at=i * 10) for i in range(60)]
    start, end = seconds(find_incident(Folder(tmp_path).metrics(*points).open(), EXTENT))
    assert start == pytest.approx(400, abs=10)
    assert end == pytest.approx(600, abs=10)


def test_a_metric_of_success_is_worse_when_it_falls(tmp_path: Path) -> None:
    points = [Point("shop", "success_rate", 20.0 if 20 <= i < 30 else 99.0 + i % 2, at=i * 10) for i in range(60)]
    start, end = seconds(find_incident(Folder(tmp_path).metrics(*points).open(), EXTENT))
    assert start == pytest.approx(200, abs=10)
    assert end == pytest.approx(300, abs=10)


def test_alarming_lines_tell_where_there_is_nothing_else(tmp_path: Path) -> None:
    lines = [Log("shop", "all is well", at=i) for i in range(600)]
    lines += [Log("shop", "cannot reach the bank", at=300 + i / 4, severity="ERROR") for i in range(400)]
    start, end = seconds(find_incident(Folder(tmp_path).logs(*lines).open(), EXTENT))
    assert start == pytest.approx(300, abs=10)
    assert end == pytest.approx(400, abs=10)


def test_nothing_to_look_at_is_no_incident() -> None:
    assert find_incident(Telemetry(), EXTENT) is None


@given(st.lists(st.floats(-10, 10), max_size=30))
def test_no_run_is_worse(excess: list[float]) -> None:
    values = np.array(excess)
    run = worst_run(values)
    sums = [values[a:b].sum() for a in range(len(excess)) for b in range(a + 1, len(excess) + 1)]
    if run is None:
        assert not [s for s in sums if s > 1e-9]
    else:
        assert values[run[0] : run[1]].sum() == pytest.approx(max(sums), abs=1e-6)
