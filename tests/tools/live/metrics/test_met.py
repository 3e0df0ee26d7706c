from __future__ import annotations

from typing import Any

import pytest

from tools.live.metrics.met import LOOKED_BACK_SECONDS, STEP_SECONDS, condition_ask, met_since
from tools.live.metrics.rules import Rule
from tools.window import NS

AT = 1_790_000_000


def series(*steps: int, **labels: str) -> dict[str, Any]:
    """Return a series with points so many steps before the moment."""
    return {"metric": labels, "values": [[AT - n * STEP_SECONDS, "1"] for n in sorted(steps, reverse=True)]}


@pytest.mark.parametrize(
    ("steps", "since"),
    [((0,), 0), ((0, 1, 2), 2), ((0, 1, 3, 4), 1), ((1, 2), None), ((), None), (tuple(range(400)), 399)],
)
def test_a_condition_is_met_as_far_back_as_it_has_no_gap(steps: tuple[int, ...], since: int | None) -> None:
    expected = None if since is None else (AT - since * STEP_SECONDS) * NS
    assert met_since([series(*steps)], {}, AT * NS) == expected


def test_series_of_another_alert_do_not_count() -> None:
    results = [series(0, 1, 2, 3, job="cart"), series(0, 1, job="pay", pod="pay-1")]
    assert met_since(results, {"alertname": "Slow", "job": "pay"}, AT * NS) == (AT - STEP_SECONDS) * NS
    assert met_since(results, {"job": "web"}, AT * NS) is None


def test_of_several_series_the_first_counts() -> None:
    results = [series(0, 1, job="pay", pod="a"), series(0, 1, 2, job="pay", pod="b")]
    assert met_since(results, {"job": "pay"}, AT * NS) == (AT - 2 * STEP_SECONDS) * NS


def test_the_last_step_that_is_asked_for_is_the_moment_itself() -> None:
    form = condition_ask(Rule("Slow", False, "up == 0", 0.0, {}, "firing", ""), AT * NS).form
    assert form is not None
    assert (form["query"], float(str(form["end"]))) == ("up == 0", AT)
    assert float(str(form["end"])) - float(str(form["start"])) == LOOKED_BACK_SECONDS
    assert LOOKED_BACK_SECONDS % STEP_SECONDS == 0
