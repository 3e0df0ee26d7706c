from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.builders import SCOPE, T0
from tools.analysers.metric_details import LOOKED_INTO, TRACES, details_by_series, with_details
from tools.evidence import Evidence, EvidenceKind, Quantity, Sample, Subject, facts_of
from tools.sources import MetricSource
from tools.sources.rows import Exemplar, MetricDetail, MetricSeries, Two
from tools.window import NS, Scope, TimeWindow


class Plain:
    """A metric source that knows levels only."""

    name = "plain"

    def extent(self) -> TimeWindow | None:
        return None

    def services(self) -> list[str]:
        return []

    def degradations(self) -> list[str]:
        return []

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        return ""

    def series(self, scope: Scope) -> list[MetricSeries]:
        return []


class Detailed(Plain):
    """A metric source that knows the same about every series; `asked` is how many it was asked about."""

    def __init__(self, detail: MetricDetail) -> None:
        self.detail = detail
        self.asked = 0

    def details(self, scope: Scope, series: Sequence[MetricSeries]) -> list[MetricDetail]:
        self.asked += len(series)
        return [self.detail for _ in series]


def row(index: int) -> MetricSeries:
    none, level = np.empty(0, np.int64), np.empty(0)
    return MetricSeries("pay", f"pay-{index}", "", "wait", "", "s", Two(none, none), Two(level, level))


def finding(index: int = 0, unit: str = "s") -> Evidence:
    return Evidence(
        kind=EvidenceKind.METRIC_SHIFT,
        subject=Subject(kind="metric", service="pay", pod=f"pay-{index}", name="wait"),
        statement=f"pay wait rose from 0.1 to 0.5 {unit}",
        baseline=0.1,
        incident=0.5,
        unit=unit,
        query="whydown show",
        samples=(Sample(kind="series", ref="points"),),
    )


def detailed(detail: MetricDetail, item: Evidence) -> Evidence:
    (found,) = with_details(Detailed(detail), SCOPE, [item], [row(0)])
    return found


def test_quantiles_are_stated_and_can_be_checked() -> None:
    item = detailed(MetricDetail(quantiles={"p50": Two(0.1, 0.1), "p99": Two(0.12345, 4.0)}), finding())
    assert item.statement == "pay wait rose from 0.1 to 0.5 s; p50 0.1 to 0.1 s, p99 0.1235 to 4 s"
    facts = [(fact.quantity, fact.statistic, fact.baseline, fact.incident, fact.unit) for fact in facts_of(item)]
    assert facts == [
        (Quantity.METRIC, "", 0.1, 0.5, "s"),
        (Quantity.METRIC, "p50", 0.1, 0.1, "s"),
        (Quantity.METRIC, "p99", 0.12345, 4.0, "s"),
    ]
    assert all(fact.subject == item.subject for fact in facts_of(item))


def test_slow_observations_lead_to_their_traces() -> None:
    exemplars = tuple(Exemplar((T0 + n) * NS, 9.0 - n, f"trace-{n}") for n in range(TRACES + 2))
    item = detailed(MetricDetail(exemplars=exemplars), finding())
    traces = [sample for sample in item.samples if sample.kind == "trace"]
    assert [(sample.ref, sample.text, sample.times) for sample in traces] == [
        (f"trace-{n}", f"observed {9 - n} s", ((T0 + n) * NS,)) for n in range(TRACES)
    ]
    assert item.samples[0].kind == "series"
    assert item.statement == finding().statement
    assert item.facts == ()


def test_what_a_counter_adds_is_no_rate() -> None:
    item = detailed(MetricDetail(exemplars=(Exemplar(T0 * NS, 1.0, "a"),)), finding(unit="By/s"))
    assert item.samples[-1].text == "observed 1"


def test_rules_that_watch_are_told() -> None:
    item = detailed(MetricDetail(rules=("the alert Slow watches it",)), finding())
    assert item.samples[-1] == Sample(kind="text", text="the alert Slow watches it")


def test_only_the_first_findings_are_looked_into_and_none_is_lost() -> None:
    many = [finding(index) for index in range(LOOKED_INTO + 3)]
    source = Detailed(MetricDetail(rules=("watched",)))
    found = with_details(source, SCOPE, many, [row(index) for index in range(len(many))])
    assert source.asked == LOOKED_INTO
    assert [item.subject for item in found] == [item.subject for item in many]
    assert found[LOOKED_INTO:] == many[LOOKED_INTO:]
    assert all(item.samples[-1].text == "watched" for item in found[:LOOKED_INTO])


def test_a_source_that_knows_no_more_changes_nothing() -> None:
    plain: MetricSource = Plain()
    assert with_details(plain, SCOPE, [finding()], [row(0)]) == [finding()]
    assert with_details(Detailed(MetricDetail()), SCOPE, [], []) == []
    assert detailed(MetricDetail(), finding()) == finding()


def test_details_of_a_few_rows_only() -> None:
    source = Detailed(MetricDetail(rules=("watched",)))
    assert details_by_series(source, SCOPE, [row(0), row(1)]).keys() == {0, 1}
    assert details_by_series(source, SCOPE, [row(n) for n in range(LOOKED_INTO + 1)]) == {}
    assert details_by_series(Plain(), SCOPE, [row(0)]) == {}
