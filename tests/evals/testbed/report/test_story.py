"""The end of a live story, as printed."""

from __future__ import annotations

import datetime as dt
import io

from rich.console import Console

from agent.schema import Hypothesis, Report, Verdict, Windows
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.report.story import story_view
from evals.testbed.session.play import Feeling, Story
from tools.faults import FaultKind

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def _story(name: str, *components: str) -> Story:
    hypotheses = tuple(
        Hypothesis(rank=rank, component=one, fault_kind=FaultKind.SLOW_CODE, cause="it is slow", confidence=0.5)
        for rank, one in enumerate(components, 1)
    )
    window = (NOON, NOON + dt.timedelta(minutes=1))
    return Story(
        fault=find_fault(name),
        symptom=None,
        report=Report(
            verdict=Verdict.ROOT_CAUSE,
            hypotheses=hypotheses,
            evidence=(),
            windows=Windows(incident=window, baseline=(window,), chosen_by="user"),
            sources=(),
        ),
        report_seconds=41.0,
        route="POST /checkout",
        before=Feeling(0.1, 0.0, 50),
        during=Feeling(0.9, 0.25, 40),
        after=Feeling(0.0, 0.0, 0),
    )


def _printed(story: Story) -> str:
    out = io.StringIO()
    Console(file=out, width=80).print(story_view(story))
    return out.getvalue()


def test_the_right_hypothesis_is_ticked_and_timed() -> None:
    text = _printed(_story("payment-slow", "cart", "payment"))
    ticked = [line for line in text.splitlines() if "✓" in line]
    assert len(ticked) == 1
    assert "payment" in ticked[0]
    assert "ranked 2, 41 s after the first bad request" in text


def test_a_miss_says_so() -> None:
    text = _printed(_story("payment-slow", "cart"))
    assert "✓" not in text
    assert "not among the hypotheses" in text


def test_the_relief_is_shown_in_numbers() -> None:
    text = _printed(_story("payment-slow", "payment"))
    assert "900 ms" in text
    assert "25%" in text
    assert any(line.startswith("repaired") and "-" in line for line in text.splitlines())


def test_a_look_alike_has_no_culprit() -> None:
    assert "answer: no fault" in _printed(_story("traffic-doubled"))


def test_an_accepted_component_counts() -> None:
    assert _story("inventory-delay", "checkout").rank == 1
    assert _story("payment-and-inventory", "cart", "inventory").rank == 2
