from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import SCOPE, window
from tools.live.metrics.families import Family, Kind
from tools.live.metrics.plan import levels_of_size, range_queries
from tools.live.metrics.promql import (
    ALL_POINTS,
    INCIDENT_POINTS,
    INTERVALS,
    Level,
    check_matchers,
    marked,
    nearest_interval,
    quoted,
    step_of,
)
from tools.window import Scope


def level(kind: Kind, name: str = "m", interval: int = 15, series: int = 1, by: tuple[str, ...] = ()) -> Level:
    return Level(Family(name, kind, series), interval, by=by)


@pytest.mark.parametrize(
    ("asked", "expression"),
    [
        (level(Kind.GAUGE), 'avg_over_time({__name__="m", a="b"}[30s])'),
        (level(Kind.COUNTER), 'rate({__name__="m", a="b"}[48000ms])'),
        (
            level(Kind.MEAN),
            'rate({__name__="m_sum", a="b"}[48000ms]) / rate({__name__="m_count", a="b"}[48000ms])',
        ),
        (level(Kind.COUNTER, by=("app", "pod")), 'sum by (app, pod) (rate({__name__="m", a="b"}[48000ms]))'),
        (level(Kind.GAUGE, by=("app",)), 'avg by (app) (avg_over_time({__name__="m", a="b"}[30s]))'),
    ],
)
def test_levels_are_computed_by_the_backend(asked: Level, expression: str) -> None:
    assert asked.expression('a="b"', 30) == expression


def test_a_hostile_name_stays_a_string() -> None:
    assert quoted('a"} or vector(1) #\\') == '"a\\"} or vector(1) #\\\\"'
    assert "\n" not in quoted("a\nb")


def test_one_query_asks_for_several_metrics() -> None:
    text = marked([("a", "x"), ("b", "y")])
    assert text.split("\nor ") == [
        'label_replace(x, "whydown_metric", "a", "", "")',
        'label_replace(y, "whydown_metric", "b", "", "")',
    ]


@given(st.sampled_from(INTERVALS), st.floats(0.96, 1.04))
def test_an_interval_is_recognised_from_an_estimate(interval: int, off: float) -> None:
    assert nearest_interval(interval * off) == interval


@given(st.sampled_from(INTERVALS), st.integers(60, 86_400), st.integers(60, 7 * 86_400))
def test_points_are_bounded_for_every_window(interval: int, incident: int, baseline: int) -> None:
    scope = Scope.of(window(0, incident), [window(-baseline, 0)])
    step = step_of(scope, interval)
    assert step >= interval
    assert incident / step <= INCIDENT_POINTS + 1
    assert (incident + baseline) / step <= ALL_POINTS + 1


def test_every_window_is_asked_for_and_never_left() -> None:
    queries = list(range_queries([level(Kind.GAUGE, f"m{i}") for i in range(30)], SCOPE, ""))
    assert [query.incident for query in queries] == [True, False] * 3
    for query in queries:
        assert query.start - query.step >= query.window.start_ns / 1e9
        assert query.end <= query.window.end_ns / 1e9
    assert sum(query.text.count("label_replace") for query in queries) == 60


def test_metrics_of_another_interval_have_a_step_of_their_own() -> None:
    queries = list(range_queries([level(Kind.GAUGE, "a", 5), level(Kind.GAUGE, "b", 30)], SCOPE, ""))
    assert sorted({query.step for query in queries}) == [5, 30]


def test_a_window_shorter_than_a_step_is_not_asked_for() -> None:
    assert list(range_queries([level(Kind.GAUGE, "a", 300)], SCOPE, "")) == []


def test_large_families_are_summed_up() -> None:
    sized = [(level(Kind.COUNTER, name), series) for name, series in (("few", 9), ("many", 50), ("very_many", 101))]
    levels, per_instance, per_service = levels_of_size(sized, 10, ["app", "pod"], ["app"])
    assert [asked.by for asked in levels] == [(), ("app", "pod"), ("app",)]
    assert (per_instance, per_service) == (["many"], ["very_many"])


@pytest.mark.parametrize("text", ['a="b"', '{a="b"}', 'a="b", c=~"d.*"', 'a!="x\\"y"', ""])
def test_matchers(text: str) -> None:
    assert check_matchers(text) == text.strip("{}")


@pytest.mark.parametrize("text", ["a", 'a="b"} or up', "a=b", 'a="b" c="d"'])
def test_what_is_no_matcher(text: str) -> None:
    with pytest.raises(ValueError, match="write matchers"):
        check_matchers(text)
