"""Segments: the attribute value that concentrates the fault."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Folder, Log, Span, window
from tools.analysers.segments import MAX_VALUES, analyse_segments, contrast, newly_bad
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Buckets, OperationStats, SegmentStats, Spread, Two
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
TENANTS = ("red", "green", "blue")


def analyse(
    path: Path, bad: str, values: tuple[str, ...] = TENANTS, fails: bool = True, always: bool = False
) -> list[Evidence]:
    """Analyse requests of tenants in turn, of which one fails or is slow in the incident, or always."""
    spans = []
    for at in range(420):
        tenant = values[at % len(values)]
        hit = tenant == bad and (always or at >= 300)
        took = 10 + at * 7919 % 11 / 10 + (0 if fails or not hit else 90)
        spans.append(Span(f"t{at}", "a", at=at, ms=took, error=hit and fails, attributes={"tenant": tenant, "v": "1"}))
    return analyse_segments(Folder(path).spans(*spans).open(), SCOPE, SurveySettings())


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("bad", TENANTS)
def test_the_value_that_alone_fails_or_is_slow_is_named(tmp_path: Path, bad: str, fails: bool) -> None:
    (found,) = analyse(tmp_path, bad, fails=fails)
    assert (found.kind, found.subject.kind) == (EvidenceKind.SEGMENT, "segment")
    assert (found.subject.service, found.subject.operation, found.subject.name) == ("front", "GET /", f"tenant={bad}")
    assert found.incident == 40
    assert found.effect > 5
    assert not found.uncertain
    assert "40 of 40 against" in found.statement


def test_a_value_that_is_always_bad_does_not_stand_out(tmp_path: Path) -> None:
    assert analyse(tmp_path, "red", always=True) == []


def test_calm_requests_have_no_segment(tmp_path: Path) -> None:
    assert analyse(tmp_path, "nobody") == []


def test_an_attribute_with_one_value_or_too_many_is_no_segment(tmp_path: Path) -> None:
    assert analyse(tmp_path / "one", "red", ("red",)) == []
    many = tuple(f"id{n}" for n in range(MAX_VALUES + 1))
    assert analyse(tmp_path / "many", "id5", many) == []


def test_without_traces_there_is_nothing(tmp_path: Path) -> None:
    assert analyse_segments(Folder(tmp_path).logs(Log("a", "b")).open(), SCOPE, SurveySettings()) == []


def stats(base: int, now: int, above_p90: int = 0, errors: tuple[int, int] = (0, 0)) -> OperationStats:
    """Return an operation of which only the numbers that count as bad are set."""
    total = Two(Spread(base, 1.0), Spread(now, 1.0, above_p90=above_p90))
    none = Two(Buckets(), Buckets())
    return OperationStats("a", "b", total, total, Two(*errors), Two(*errors), none, none, 0.0)


def test_newly_bad_counts_what_the_baseline_does_not_predict() -> None:
    assert newly_bad(stats(100, 50, above_p90=25)) == pytest.approx(20)
    assert newly_bad(stats(100, 50, errors=(10, 15))) == pytest.approx(10)
    assert newly_bad(stats(2, 50, above_p90=50, errors=(0, 50))) == 0.0
    assert newly_bad(stats(50, 2, errors=(0, 2))) == 0.0


@settings(max_examples=50, deadline=None)
@given(st.integers(3, 500), st.integers(3, 500), st.data())
def test_newly_bad_never_exceeds_the_spans(base: int, now: int, data: st.DataObject) -> None:
    above, failed, before = (data.draw(st.integers(0, top)) for top in (now, now, base))
    assert newly_bad(stats(base, now, above, (before, failed))) <= now
    assert newly_bad(stats(base, now, above, (0, failed))) >= newly_bad(stats(base, now, above, (before, failed)))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 200), st.integers(0, 200))
def test_contrast_of_two_values_is_odd(n: int, bad: int, other: int, other_bad: int) -> None:
    one = SegmentStats("k", "one", Two(n, n), Two(0, min(bad, n)))
    two = SegmentStats("k", "two", Two(other, other), Two(0, min(other_bad, other)))
    n_all, bad_all = Two(n + other, n + other), Two(0, one.bad.incident + two.bad.incident)
    assert contrast(one, n_all, bad_all) == pytest.approx(-contrast(two, n_all, bad_all))


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 200), st.data())
def test_contrast_grows_with_what_is_bad(n: int, data: st.DataObject) -> None:
    few = data.draw(st.integers(0, n // 2 - 1))
    total = Two(2 * n, 2 * n)
    less, more = (
        contrast(SegmentStats("k", "v", Two(n, n), Two(0, bad)), total, Two(0, bad)) for bad in (few, few + 1)
    )
    assert more > less
