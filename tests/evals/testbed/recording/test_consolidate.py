"""What is kept of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from evals.testbed.recording.consolidate import REPOSITORY, consolidate
from tools.window import NS, TimeWindow

WINDOW = TimeWindow(start_ns=100 * NS, end_ns=200 * NS)


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """Return a collector's folder: spans at 50, 150 and 199.9 s, in two parts."""
    folder = tmp_path / "collected" / "traces" / "hour"
    folder.mkdir(parents=True)
    for number, seconds in enumerate((50.0, 150.0, 199.9)):
        columns = {
            "trace_id": f"'{number:032x}'",
            "span_id": f"'{number:016x}'",
            "parent_span_id": "NULL::VARCHAR",
            "service": "'cart'",
            "operation": "'GET /'",
            "start_unix_nano": f"{int(seconds * NS)}::BIGINT",
            "duration_ns": "5::BIGINT",
            "pod": "'cart-1'",
            "status": "'ERROR'",
            "kind": "'server'",
            "status_message": "'boom'",
            "peer": "NULL::VARCHAR",
            "attributes": "MAP {'client.port': '40123', 'tenant.id': 'aurora'}",
            "resource": "MAP {'service.version': '1', 'telemetry.sdk.name': 'opentelemetry'}",
            "events": f"'File \"{REPOSITORY}/evals/testbed/shop/services/cart.py\", line 3'",
            "links": "NULL::VARCHAR",
        }
        select = ", ".join(f"{value} AS {name}" for name, value in columns.items())
        duckdb.sql(f"COPY (SELECT {select}) TO '{folder}/{number}.parquet' (FORMAT parquet)")
    return tmp_path / "collected"


def _rows(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(query).fetchall()


def test_what_lies_outside_the_recording_is_cut(collected: Path, tmp_path: Path) -> None:
    assert consolidate(collected, tmp_path, WINDOW) == {"traces": 2}
    times = _rows(f"SELECT start_unix_nano FROM '{tmp_path}/traces.parquet' ORDER BY 1")
    assert [time for (time,) in times] == [150 * NS, int(199.9 * NS)]


def test_dead_weight_goes_and_the_rest_stays(collected: Path, tmp_path: Path) -> None:
    consolidate(collected, tmp_path, WINDOW)
    attributes, resource, events = _rows(f"SELECT attributes, resource, events FROM '{tmp_path}/traces.parquet'")[0]
    assert attributes == {"tenant.id": "aurora"}
    assert resource == {"service.version": "1"}
    assert events == 'File "shop/services/cart.py", line 3'


def test_a_missing_signal_leaves_no_file(collected: Path, tmp_path: Path) -> None:
    consolidate(collected, tmp_path, WINDOW)
    assert not (tmp_path / "logs.parquet").exists()
