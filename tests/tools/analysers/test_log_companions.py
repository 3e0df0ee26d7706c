"""Lines that keep pace with others, and what it means when one no longer does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Folder, Log, Span, window
from tools.analysers.log_companions import MIN_LINES, companions, due, key_of
from tools.analysers.log_templates import Exposure, Template, executions
from tools.analysers.logs import analyse_logs
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Trials, Two
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])
ROUNDS = [1, 4, 2, 7, 3, 1, 5, 2]
"""How often requests go round, in turn: nothing that the number of requests could tell."""


def template(text: str, *before: float, after: tuple[float, ...] = (), severity: str = "INFO") -> Template:
    """Return a template with counts of one bucket after the other."""
    return Template(
        "pay",
        "POST /",
        text,
        severity,
        baseline={10 * i: n for i, n in enumerate(before)},
        incident={1000 + 10 * i: n for i, n in enumerate(after)},
    )


def steady(buckets: int, each: float = 5.0) -> Exposure:
    times = np.arange(buckets, dtype=np.int64) * 10
    runs = Trials(times, np.full(buckets, each), np.zeros(buckets))
    return {("pay", "POST /"): Two(runs, runs)}


LOOP = (3.0, 12.0, 7.0, 1.0, 9.0, 4.0)
"""Rounds per bucket of five requests."""


def test_a_line_of_a_loop_goes_with_another_of_the_same_loop() -> None:
    first, second, other = template("asked", *LOOP), template("answered", *LOOP), template("done", *[5.0] * 6)
    found = companions([first, second, other], steady(6))
    assert found[key_of(first)] is second
    assert found[key_of(second)] is first
    assert key_of(other) not in found, "executions tell it exactly"


def test_a_branch_goes_with_what_is_written_before_it() -> None:
    loop, branch = template("asked", *LOOP), template("hit", *(n / 2 for n in LOOP), 0.5)
    assert companions([loop, branch], steady(6))[key_of(branch)] is loop


def test_neither_rare_nor_alarming_lines_are_paired() -> None:
    rare = [template(text, 1.0, 2.0) for text in ("seldom asked", "seldom answered")]
    alarming = [template(text, *LOOP, severity="ERROR") for text in ("failed", "gave up")]
    assert sum(rare[0].baseline.values()) < MIN_LINES
    assert companions([*rare, *alarming], steady(6)) == {}


def test_lines_of_other_operations_are_no_companions() -> None:
    here, there = template("asked", *LOOP), template("answered", *LOOP)
    there.operation = "GET /"
    assert companions([here, there], steady(6)) == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 50), min_size=3, max_size=20), st.integers(0, 3))
def test_a_twin_is_found_among_noise(counts: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    twins = [template(text, *map(float, counts), float(MIN_LINES)) for text in ("asked", "answered")]
    noise = [template(f"noise {i}", *random.integers(0, 60, len(counts) + 1).astype(float)) for i in range(3)]
    found = companions([*noise, *twins], steady(len(counts) + 1))
    left = np.array(list(twins[0].baseline.values())) - np.array(list(found[key_of(twins[0])].baseline.values()))
    assert not left.any()


def test_what_is_on_its_way_at_the_end_is_not_missing() -> None:
    asked = template("asked", *LOOP, after=(6.0, 8.0))
    answered = template("answered", *LOOP, after=(6.0, 3.0))
    runs = due(answered, asked)
    assert runs.baseline.total == sum(LOOP)
    assert runs.incident.total == 9


@pytest.mark.parametrize("traced", [True, False], ids=["with traces", "without"])
def test_a_line_that_a_loop_no_longer_writes_is_gone(tmp_path: Path, *, traced: bool) -> None:
    found = [item for item in analyse(tmp_path, broken=3, traced=traced) if "counted" in item.subject.name]
    assert [(item.kind, item.uncertain) for item in found] == [(EvidenceKind.LOG_GONE, False)]
    assert "beside “seat asked for”" in found[0].statement
    assert found[0].baseline is not None
    assert found[0].incident is not None
    assert found[0].incident < found[0].baseline * 0.75
    assert found[0].effect < -5


@pytest.mark.parametrize("traced", [True, False], ids=["with traces", "without"])
def test_a_loop_as_ever_says_nothing(tmp_path: Path, *, traced: bool) -> None:
    assert [item for item in analyse(tmp_path, broken=0, traced=traced) if not item.uncertain] == []


def analyse(path: Path, broken: int, *, traced: bool) -> list[Evidence]:
    """Analyse requests of varying rounds; during the incident a request counts no seat after so many rounds."""
    lines, spans = [], []
    for number in range(420):
        at, name = float(number), f"t{number}"
        spans.append(Span(name, "a", service="pay", at=at, ms=500))
        for turn in range(ROUNDS[number % len(ROUNDS)]):
            lines.append(Log("pay", "seat asked for", at=at + turn / 20, trace=name, span="a"))
            if number < 300 or not broken or turn < broken:
                lines.append(Log("pay", "seat counted", at=at + turn / 20 + 0.01, trace=name, span="a"))
    folder = Folder(path).logs(*lines)
    return analyse_logs((folder.spans(*spans) if traced else folder).open(), SCOPE, SurveySettings())


def test_without_traces_what_a_service_logs_counts_as_executions(tmp_path: Path) -> None:
    telemetry = Folder(tmp_path).logs(*(Log("pay", "hello", at=i) for i in range(400))).open()
    lines = [template("hello", 3.0, 4.0, after=(5.0,))]
    assert executions(telemetry, SCOPE, lines)["pay", ""].baseline.total == 7
