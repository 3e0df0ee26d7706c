"""Log lines: what is masked, what is counted, and lines that are out of the ordinary."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import INCIDENT, SCOPE, T0, Folder, Log, Span, ns, window
from tools.config import StoreSettings
from tools.sources.masks import EXAMPLE_LIMIT, LINE_LIMIT
from tools.sources.rows import MaskedLines, Two
from tools.store.logs import masked_sql
from tools.store.scoped import literal
from tools.window import NS


def mask(text: str) -> str:
    """Return a line as it is masked."""
    row = duckdb.execute(f"SELECT {masked_sql('body')} FROM (SELECT {literal(text)} AS body)").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("took 15 ms", "took <*> ms"),
        ("took 15.25ms at 10:04:59,123", "took <*>ms at <*>"),
        ("from 10.0.12.7:5432", "from <*>"),
        ("job 3f2504e0-4f89-11d3-9a0c-0305e82c3301 done", "job <*> done"),
        ("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace <*>"),
        ("at 0x7ffee4c0ffee12", "at <*>"),
        ("mail to jo.doe+x@example.org sent", "mail to jo.doe+<mail> sent"),
        ('key "session:ab" missing', 'key "<*>" missing'),
        ("a feed of a decade", "a feed of a decade"),
        ("naïve größe 5 日本語 7", "naïve größe <*> 日本語 <*>"),
        ("", ""),
        ('{"message": "order 7 failed", "took": 9}', "order <*> failed"),
        ('{"msg": "order 7 failed"}', "order <*> failed"),
        ('{"log": "order 7 failed"}', "order <*> failed"),
        ('{"other": 7}', '{"<*>": <*>}'),
        ("{not json 7}", "{not json <*>}"),
        ("it's 5 o'clock", "it's <*> o'clock"),
    ],
)
def test_what_varies_is_masked(line: str, masked: str) -> None:
    assert mask(line) == masked


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80))
@settings(max_examples=60, deadline=None)
def test_masking_twice_changes_nothing_and_no_digit_is_left(line: str) -> None:
    once = mask(line)
    assert not any(char in "0123456789" for char in once)
    if not line.startswith("{"):
        assert mask(once) == once


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=2), st.lists(st.uuids(), min_size=2, max_size=2))
@settings(max_examples=30, deadline=None)
def test_lines_that_differ_in_numbers_and_ids_are_one(numbers: list[int], ids: list[object]) -> None:
    first, second = (mask(f"user {n} opened {i} (v{n}.{n})") for n, i in zip(numbers, ids, strict=True))
    assert first == second


def lines(path: Path, *rows: Log) -> dict[str, MaskedLines]:
    return {line.masked: line for line in Folder(path).logs(*rows).log_source().lines(SCOPE)}


def test_lines_are_counted_in_both_windows_and_in_buckets(tmp_path: Path) -> None:
    rows = [Log("a", f"took {i} ms", at=i, trace=f"t{i}") for i in (5, 6, 7, 61, 62, 75)]
    (line,) = lines(tmp_path, *rows).values()
    assert (line.service, line.severity, line.masked, line.n) == ("a", "INFO", "took <*> ms", Two(3, 3))
    assert line.times.incident.tolist() == [(T0 + 60) * NS, (T0 + 70) * NS]
    assert line.counts.incident.tolist() == [2, 1]
    assert (line.times.baseline.tolist(), line.counts.baseline.tolist()) == ([T0 * NS], [3])
    assert line.first_ns == ns(61)


def test_the_example_is_the_first_line_of_the_incident_with_its_own_trace(tmp_path: Path) -> None:
    rows = [Log("a", f"took {i} ms", at=i, trace=f"t{i}") for i in (5, 75, 61)]
    (line,) = lines(tmp_path, *rows).values()
    assert (line.example, line.trace_id) == ("took 61 ms", "t61")


def test_a_line_that_is_gone_shows_an_example_of_the_baseline(tmp_path: Path) -> None:
    (line,) = lines(tmp_path, Log("a", "bye 5", at=5)).values()
    assert (line.n, line.example, line.first_ns) == (Two(1, 0), "bye 5", 0)
    assert line.times.incident.size == line.counts.incident.size == 0


def test_severity_and_service_tell_lines_apart(tmp_path: Path) -> None:
    rows = [Log("a", "x", 61), Log("b", "x", 61), Log("a", "x", 61, "error"), Log("a", "x", 62, "ERROR")]
    found = Folder(tmp_path).logs(*rows).log_source().lines(SCOPE)
    assert [(line.service, line.severity, line.n.incident) for line in found] == [
        ("a", "ERROR", 2),
        ("a", "INFO", 1),
        ("b", "INFO", 1),
    ]


def test_a_line_of_a_megabyte_is_read_by_its_beginning(tmp_path: Path) -> None:
    long = "payload " + "x" * 1_000_000 + " 7"
    found = lines(tmp_path, Log("a", long, 61), Log("a", long + "y", 62), Log("a", '{"message": "' + long + '"}', 63))
    ((masked, line),) = found.items()
    assert masked == long[:LINE_LIMIT]
    assert len(line.example) == EXAMPLE_LIMIT
    assert line.n == Two(0, 3)


def test_lines_without_body_service_or_severity(tmp_path: Path) -> None:
    rows = [{"time_unix_nano": ns(61), "body": "x"}, {"time_unix_nano": ns(61), "service": "a"}]
    (line,) = Folder(tmp_path).rows("logs", rows).log_source().lines(SCOPE)
    assert (line.service, line.severity, line.masked, line.trace_id) == ("unknown_service", "", "x", "")


def test_lines_without_a_valid_time_are_stated(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [Log("a", "x", 61).row()]
    rows += [{"service": "a", "body": "x"}, {"service": "a", "body": "y", "time_unix_nano": 0}]
    source = Folder(tmp_path).rows("logs", rows).log_source()
    assert [line.n.incident for line in source.lines(SCOPE)] == [1]
    assert source.degradations() == ["2 log lines have no valid time and are left out"]
    assert source.extent() == window(61, 61.000001).model_copy(update={"end_ns": ns(61) + 1})


def test_a_large_baseline_is_sampled_with_counts_scaled_and_the_incident_is_not(tmp_path: Path) -> None:
    rows = [Log("a", f"took {i} ms", at=i * 0.01) for i in range(5_000)]
    folder = Folder(tmp_path).logs(*rows, *(Log("a", f"took {i} ms", at=60 + i) for i in range(7)))
    source = folder.open(StoreSettings(baseline_lines=1_000)).logs
    assert source is not None
    (line,) = source.lines(SCOPE)
    assert line.n.baseline == pytest.approx(5_000, rel=0.2)
    assert line.n.incident == 7
    (note,) = source.degradations()
    assert note.startswith("1 in 5 baseline log lines is read, counts are scaled")


def test_search_finds_text_in_any_case_oldest_first(tmp_path: Path) -> None:
    rows = [Log("a", "Timeout 2", 80), Log("a", "timeout 1", 70), Log("b", "TIMEOUT", 75), Log("a", "fine", 71)]
    source = Folder(tmp_path).logs(*rows, Log("a", "timeout 0", 5)).log_source()
    assert [row.body for row in source.search(INCIDENT, "a", "timeout", 10)] == ["timeout 1", "Timeout 2"]
    assert len(source.search(INCIDENT, "", "timeout", 10)) == 3
    assert len(source.search(INCIDENT, "", "", 2)) == 2
    assert source.search(INCIDENT, "", "it's 100% _", 10) == []


def test_no_line_in_either_window(tmp_path: Path) -> None:
    assert Folder(tmp_path).logs(Log("a", "x", 1_000)).log_source().lines(SCOPE) == []


def test_the_sql_gives_the_same_counts(tmp_path: Path) -> None:
    folder = Folder(tmp_path).logs(*(Log("a", f"took {i} ms", at=i) for i in (5, 61, 75)))
    source = folder.log_source()
    rows = duckdb.execute(source.sql("lines", SCOPE)).fetchall()  # type: ignore[attr-defined]  # embedded only
    assert [(row[3], row[6]) for row in rows] == [("took <*> ms", 1)] * 3


def test_the_exception_that_a_line_was_logged_with_is_part_of_it(tmp_path: Path) -> None:
    raised = {"exception.type": "OSError", "exception.message": "No space left on device 7"}
    plain = Log("shop", "it failed", 1).row()
    rows = [plain, plain | {"attributes": list(raised.items())}]
    found = Folder(tmp_path).rows("logs", rows).log_source().lines(SCOPE)
    assert sorted(line.masked for line in found) == ["it failed", "it failed OSError: No space left on device <*>"]


def test_an_exception_of_which_only_the_type_is_known_is_named(tmp_path: Path) -> None:
    row = Log("shop", "it failed", 1).row() | {"attributes": [("exception.type", "KeyError")]}
    (line,) = Folder(tmp_path).rows("logs", [row]).log_source().lines(SCOPE)
    assert line.masked == "it failed KeyError:"


SERVED = (
    Span("t1", "gate", service="gate", operation="GET /shop"),
    Span("t1", "front", "gate", service="pay", operation="POST /charges"),
    Span("t1", "inner", "front", service="pay", operation="Controller.charge"),
    Span("t1", "deep", "inner", service="pay", operation="Bank.ask"),
    Span("t1", "lost", "unknown", service="pay", operation="Job.run"),
)


@pytest.mark.parametrize(
    ("span", "operation"),
    [("front", "POST /charges"), ("inner", "POST /charges"), ("deep", "POST /charges"), ("lost", "Job.run"), ("", "")],
)
def test_a_line_belongs_to_what_the_service_was_asked_for(tmp_path: Path, span: str, operation: str) -> None:
    telemetry = Folder(tmp_path).spans(*SERVED).logs(Log("pay", "charged", at=1, trace="t1", span=span)).open()
    assert telemetry.logs is not None
    (line,) = telemetry.logs.lines(SCOPE)
    assert line.operation == operation
