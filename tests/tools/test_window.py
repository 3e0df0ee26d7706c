"""Time windows: exact nanoseconds, half-open, never empty."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import WindowError
from tools.window import NS, Scope, TimeWindow, parse_duration, parse_moment, to_datetime, to_ns

moments = st.datetimes(
    min_value=dt.datetime(1990, 1, 1),  # noqa: DTZ001  # hypothesis wants naive bounds
    max_value=dt.datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
windows = st.tuples(st.integers(0, 10**18), st.integers(1, 10**15)).map(
    lambda pair: TimeWindow(start_ns=pair[0], end_ns=pair[0] + pair[1])
)


@given(moments)
def test_nanoseconds_and_datetimes_are_the_same_moment(moment: dt.datetime) -> None:
    assert to_datetime(to_ns(moment)) == moment


def test_naive_datetime_is_refused() -> None:
    with pytest.raises(WindowError, match="no time zone"):
        to_ns(dt.datetime(2026, 1, 1))  # noqa: DTZ001  # the point of the test


@pytest.mark.parametrize(
    "text", ["2026-11-24T10:00:00Z", "2026-11-24T10:00:00", "2026-11-24T12:00:00+02:00", "1795514400"]
)
def test_all_spellings_of_a_moment_agree(text: str) -> None:
    assert parse_moment(text) == 1_795_514_400 * NS


@pytest.mark.parametrize("text", ["yesterday", "", "12:00", "2026-13-01"])
def test_unreadable_moment_says_what_to_write(text: str) -> None:
    with pytest.raises(WindowError, match="ISO 8601"):
        parse_moment(text)


@pytest.mark.parametrize("text", ["2026-11-24T10:00:00Z", "5..5", "9..3"])
def test_window_without_an_extent_is_refused(text: str) -> None:
    with pytest.raises(WindowError):
        TimeWindow.parse(text)


@given(windows)
def test_a_window_written_down_is_read_back_exactly(window: TimeWindow) -> None:
    assert TimeWindow.parse(str(window)) == window


def test_fractions_of_a_second_are_kept_and_zeros_are_not() -> None:
    assert str(TimeWindow(start_ns=NS // 2, end_ns=NS + 1)) == "1970-01-01T00:00:00.5Z..1970-01-01T00:00:01.000000001Z"
    assert parse_moment("1970-01-01T00:00:01.1234567+00:00") == NS + 123_456_700


@given(windows, windows)
def test_what_is_cut_out_and_what_remains_make_the_whole(a: TimeWindow, b: TimeWindow) -> None:
    common = a.intersect(b)
    remaining = sum(part.end_ns - part.start_ns for part in a.minus(b))
    assert remaining + (common.end_ns - common.start_ns if common else 0) == a.end_ns - a.start_ns
    assert all(part.intersect(b) is None for part in a.minus(b))


@given(windows, windows)
def test_baseline_never_contains_the_incident(incident: TimeWindow, baseline: TimeWindow) -> None:
    scope = Scope.of(incident, [baseline])
    assert all(part.intersect(incident) is None for part in scope.baseline)


@pytest.mark.parametrize(("seconds", "bucket"), [(60, 10), (600, 30), (100_000, 300)])
def test_bucket_is_a_twentieth_within_bounds(seconds: int, bucket: int) -> None:
    scope = Scope.of(TimeWindow.from_seconds(1000, 1000 + seconds), [TimeWindow.from_seconds(0, 1000)])
    assert scope.bucket_ns == bucket * NS


def test_seconds_are_read_to_the_nanosecond() -> None:
    assert parse_moment("1795514400.123456789") == 1_795_514_400_123_456_789


@pytest.mark.parametrize("text", ["99999999999999999", "1700000000000", "1969-12-31T23:59:59Z", "2300-01-01"])
def test_moments_outside_64_bits_are_refused(text: str) -> None:
    with pytest.raises(WindowError, match="before 1970 or after April 2262"):
        parse_moment(text)


@pytest.mark.parametrize(("start", "end"), [(math.nan, 5), (5, math.inf), (-5, 5), (5, 1e12)])
def test_seconds_that_are_no_moment_are_refused(start: float, end: float) -> None:
    with pytest.raises(WindowError):
        TimeWindow.from_seconds(start, end)


def test_a_window_prints_as_it_is_read() -> None:
    text = "2026-11-24T10:00:00Z..2026-11-24T10:10:00Z"
    assert str(TimeWindow.parse(text)) == text
    assert TimeWindow.parse(text).seconds == 600


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("30m", 1800), ("1.5 h", 5400), ("2d", 172_800)])
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0m", "m", "-5m", "5 weeks", "1e9d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(WindowError, match="such as 30m"):
        parse_duration(text)
