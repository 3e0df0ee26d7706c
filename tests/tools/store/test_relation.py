"""Reading Parquet: foreign files, odd types, parts and baselines. One line for what cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.builders import BASELINE, SCOPE, T0, Folder, Log, Point, Span, gauge, ns, window
from tools.errors import FormatError, WhydownError
from tools.sources.rows import Two
from tools.window import NS, Scope, TimeWindow

FIRST: dict[str, dict[str, Any]] = {
    "traces": Span("t", "a", at=61).row(),
    "logs": Log("a", "x", at=61).row(),
    "metrics": Point("a", "cpu", 1, at=61).row(),
}
SIGNALS = list(FIRST)


def write(path: Path, signal: str, columns: dict[str, Any], name: str = "") -> Folder:
    """Write a file with exactly these columns, typed as Arrow guesses them."""
    path.mkdir(exist_ok=True)
    file = path / (name or f"{signal}.parquet")
    file.parent.mkdir(exist_ok=True)
    pq.write_table(pa.table(columns), file)
    return Folder(path)


def required(signal: str, **changed: Any) -> dict[str, Any]:
    """Return the least columns a file needs, one row."""
    needed = {
        "traces": ("trace_id", "span_id", "service", "operation", "start_unix_nano", "duration_ns"),
        "logs": ("time_unix_nano", "service", "body"),
        "metrics": ("timestamp", "service", "metric", "value"),
    }[signal]
    return {**{name: [FIRST[signal][name]] for name in needed}, **changed}


def failure(folder: Folder) -> str:
    """Return the one line with which opening fails."""
    with pytest.raises(FormatError) as caught:
        folder.open()
    line = str(caught.value)
    assert "\n" not in line
    assert ": " in line, "a problem and a remedy"
    return line


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_required_columns_are_enough(tmp_path: Path, signal: str) -> None:
    telemetry = write(tmp_path, signal, required(signal)).open()
    (source,) = telemetry.present()
    assert source.services() == [FIRST[signal]["service"]]
    assert source.extent() == TimeWindow(start_ns=ns(61), end_ns=ns(61) + 1)
    assert source.degradations() == []


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all, but long enough to look", b"PAR1" * 100])
def test_what_is_no_parquet_is_named(tmp_path: Path, signal: str, content: bytes) -> None:
    (tmp_path / f"{signal}.parquet").write_bytes(content)
    assert f"{signal}.parquet cannot be read as {signal}" in failure(Folder(tmp_path))


def test_a_truncated_part_is_named_among_whole_ones(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(Span("t", "a")).spans(Span("t", "b")).spans(Span("t", "c"))
    part = tmp_path / "traces" / "part-0000.parquet"
    part.write_bytes(part.read_bytes()[:-20])
    assert "part-0000.parquet cannot be read" in failure(folder)


def test_damage_inside_a_file_is_one_line(tmp_path: Path) -> None:
    folder = Folder(tmp_path).logs(*(Log("a", f"line {i} {i * i * 7919}", at=61) for i in range(3_000)))
    file = tmp_path / "logs.parquet"
    content = bytearray(file.read_bytes())
    content[100:40_000] = bytes(len(content[100:40_000]))
    file.write_bytes(content)
    with pytest.raises(WhydownError) as caught:
        folder.log_source().lines(SCOPE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_missing_column_is_named_with_those_that_are_there(tmp_path: Path, signal: str) -> None:
    columns = required(signal)
    del columns["service"]
    line = failure(write(tmp_path, signal, {**columns, "other": [1]}))
    assert "has no column 'service': it has " in line
    assert "other" in line


@pytest.mark.parametrize(
    ("signal", "column", "values"),
    [
        ("traces", "start_unix_nano", ["2026-11-24T10:00:00Z"]),
        ("traces", "duration_ns", [{"ms": 5}]),
        ("traces", "trace_id", [5]),
        ("logs", "time_unix_nano", [[1]]),
        ("logs", "body", [{"text": "x"}]),
        ("metrics", "value", ["high"]),
        ("metrics", "timestamp", ["10:00"]),
    ],
)
def test_a_column_of_a_foreign_type_is_named(tmp_path: Path, signal: str, column: str, values: list[Any]) -> None:
    line = failure(write(tmp_path, signal, required(signal, **{column: values})))
    assert f"column {column!r} of" in line
    assert "it must be" in line


def test_the_one_part_with_a_foreign_type_is_named(tmp_path: Path) -> None:
    write(tmp_path, "logs", required("logs"), "logs/0.parquet")
    folder = write(tmp_path, "logs", required("logs", time_unix_nano=["noon"]), "logs/1.parquet")
    assert "1.parquet is VARCHAR: it must be BIGINT" in failure(folder)


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.float64()])
def test_times_of_other_number_types_are_read(tmp_path: Path, kind: pa.DataType) -> None:
    folder = write(tmp_path, "logs", required("logs", time_unix_nano=pa.array([float(T0 * NS)]).cast(kind)))
    assert folder.log_source().extent() == TimeWindow(start_ns=T0 * NS, end_ns=T0 * NS + 1)


@pytest.mark.parametrize(
    ("signal", "column", "value"),
    [
        ("traces", "start_unix_nano", T0),
        ("traces", "start_unix_nano", T0 * 1000),
        ("logs", "time_unix_nano", T0 * 1_000_000),
        ("logs", "time_unix_nano", 0),
        ("metrics", "timestamp", T0 * 1_000),
        ("metrics", "timestamp", 0),
    ],
)
def test_times_in_another_unit_are_refused(tmp_path: Path, signal: str, column: str, value: int) -> None:
    unit = "seconds" if signal == "metrics" else "nanoseconds"
    line = failure(write(tmp_path, signal, required(signal, **{column: [value]})))
    assert f"column {column!r} of {tmp_path}/{signal}.parquet holds no valid time: write Unix {unit}" in line


def test_bytes_dictionaries_and_uuids_serve_as_text(tmp_path: Path) -> None:
    columns = required(
        "traces",
        trace_id=pa.array([b"\x01\xff"], pa.binary()),
        service=pa.array(["front"]).dictionary_encode(),
    )
    (operation,) = write(tmp_path, "traces", columns).traces().operations(SCOPE)
    assert operation.service == "front"


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[("tenant", "x")]], pa.map_(pa.string(), pa.string())),
        pa.array([{"tenant": "x"}]),
        pa.array(['{"tenant": "x"}']),
    ],
)
def test_attributes_may_be_a_map_a_struct_or_json(tmp_path: Path, values: pa.Array) -> None:
    traces = write(tmp_path, "traces", required("traces", attributes=values)).traces()
    assert traces.trace("t")[0].attributes == {"tenant": "x"}
    assert [(s.key, s.value) for s in traces.segments(SCOPE, "front", "GET /", 1.0)] == [("tenant", "x")]


def test_attributes_that_are_no_map_are_left_out_and_stated(tmp_path: Path) -> None:
    traces = write(tmp_path, "traces", required("traces", attributes=[5])).traces()
    assert traces.trace("t")[0].attributes == {}
    assert traces.degradations() == [
        "column attributes of the traces is BIGINT, not MAP(VARCHAR, VARCHAR), and is left out"
    ]


def test_optional_columns_of_other_types_are_converted(tmp_path: Path) -> None:
    columns = required("traces", status=pa.array([2]), events=pa.array([[{"name": "exception"}]]), pod=[True])
    (span,) = write(tmp_path, "traces", columns).traces().trace("t")
    assert (span.status, span.pod) == ("2", "true")


def test_parts_may_have_different_columns_in_any_order(tmp_path: Path) -> None:
    write(tmp_path, "logs", required("logs"), "logs/0.parquet")
    reordered = dict(reversed(required("logs", severity=["WARN"]).items()))
    source = write(tmp_path, "logs", reordered, "logs/1.parquet").log_source()
    assert [(line.severity, line.n) for line in source.lines(SCOPE)] == [("", Two(0, 1)), ("WARN", Two(0, 1))]


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_file_without_rows_is_empty_not_wrong(tmp_path: Path, signal: str) -> None:
    (source,) = Folder(tmp_path).rows(signal, []).open().present()
    assert source.extent() is None
    assert source.services() == []
    assert source.degradations() == []


def test_a_file_and_parts_are_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path).logs(Log("a", "x", 5)).logs(Log("a", "x", 61)).logs(Log("b", "x", 62))
    source = folder.log_source()
    assert source.services() == ["a", "b"]
    assert {line.service: line.n for line in source.lines(SCOPE)} == {"a": Two(1, 1), "b": Two(0, 1)}
    assert source.extent() == TimeWindow(start_ns=ns(5), end_ns=ns(62) + 1)


def test_names_that_need_quoting(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "it's; --a [strange] *name?").logs(Log("a", "x", 61)).logs(Log("a", "x", 62))
    assert [line.n.incident for line in folder.log_source().lines(SCOPE)] == [2]


def test_nothing_counts_twice_where_the_baseline_folder_overlaps(tmp_path: Path) -> None:
    own = [Log("a", "x", at) for at in (50, 61, 70)]
    Folder(tmp_path / "baseline").logs(*own, Log("a", "x", 5), Log("a", "x", 10), Log("a", "x", 200))
    source = Folder(tmp_path).logs(*own).log_source()
    (line,) = source.lines(SCOPE)
    assert line.n == Two(3, 2), "5, 10 of the baseline folder, 50 once"
    assert source.extent() == TimeWindow(start_ns=ns(5), end_ns=ns(200) + 1)


def test_a_baseline_folder_of_another_day(tmp_path: Path) -> None:
    Folder(tmp_path / "baseline").spans(*(Span(f"b{i}", "a", at=i, ms=1) for i in range(10)))
    Folder(tmp_path / "baseline").metrics(*gauge("a", "cpu", [1, 2]))
    folder = Folder(tmp_path).spans(Span("t", "a", at=90_000, ms=5)).metrics(*gauge("a", "cpu", [9], 90_000))
    scope = Scope.of(window(90_000, 90_060), [BASELINE])
    (operation,) = folder.traces().operations(scope)
    assert (operation.total.baseline.n, operation.total.incident.n) == (10, 1)
    (series,) = folder.metric_source().series(scope)
    assert (series.values.baseline.tolist(), series.values.incident.tolist()) == ([1, 2], [9])


def test_a_baseline_folder_stands_in_for_an_empty_file(tmp_path: Path) -> None:
    Folder(tmp_path / "baseline").logs(Log("a", "x", 5))
    source = Folder(tmp_path).rows("logs", []).log_source()
    assert [line.n for line in source.lines(SCOPE)] == [Two(1, 0)]


def test_a_broken_baseline_folder_is_named(tmp_path: Path) -> None:
    Folder(tmp_path / "baseline").logs(Log("a", "x", 5))
    (tmp_path / "baseline" / "logs.parquet").write_bytes(b"PAR1")
    assert "baseline/logs.parquet cannot be read as logs" in failure(Folder(tmp_path).logs(Log("a", "x")))


def test_only_parts_inside_the_windows_are_read(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for start in range(0, 3_000, 60):
        folder.logs(*(Log("a", f"line {i}", at=start + i / 10) for i in range(100)))
    script = folder.log_source().sql("lines", SCOPE)  # type: ignore[attr-defined]  # embedded only
    with duckdb.connect() as con:
        plan = con.execute("EXPLAIN ANALYZE " + script).fetchall()[0][1]
    assert plan.count("200 rows") + plan.count("100 rows") >= 2
    assert "5,000 rows" not in plan, "the rest was skipped by its footers"
