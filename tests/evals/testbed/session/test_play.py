"""How a route felt."""

from __future__ import annotations

from evals.testbed.load.generator import Experience
from evals.testbed.session.play import Feeling, feeling


def _one(second: float, status: int = 200, seconds: float = 0.1, route: str = "GET /a") -> Experience:
    return Experience(time_unix=second, route=route, tenant="aurora", status=status, seconds=seconds)


def test_only_the_route_and_the_time_asked_for_count() -> None:
    seen = [_one(1), _one(2, status=502), _one(9, status=502), _one(2, status=0, route="GET /b")]
    assert feeling(seen, "GET /a", 0, 5) == Feeling(0.1, 0.5, 2)


def test_no_answer_is_a_failure_and_a_refusal_is_not() -> None:
    assert feeling([_one(1, status=0), _one(1, status=409)], "GET /a", 0, 5).failed == 0.5


def test_nobody_asked() -> None:
    assert feeling([], "GET /a", 0, 5) == Feeling(0.0, 0.0, 0)
