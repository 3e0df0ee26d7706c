"""The alarm that customers' experience rings."""

from __future__ import annotations

import random

from evals.testbed.load.generator import Experience
from evals.testbed.recording.symptom import find_symptom
from tools.window import TimeWindow

START, ONSET, END = 1_700_000_000.0, 1_700_000_100.0, 1_700_000_180.0
WATCHED = TimeWindow.from_seconds(ONSET, END)


def _shop(route: str, *, slow: float = 1.0, failing: float = 0.0, seed: int = 1) -> list[Experience]:
    """Return one request a second, slower or failing from the onset on."""
    rng = random.Random(seed)
    seen = []
    for second in range(180):
        moment = START + second
        broken = moment >= ONSET
        seconds = rng.uniform(0.08, 0.12) * (slow if broken else 1.0)
        status = 502 if broken and rng.random() < failing else 200
        one = Experience(time_unix=moment, route=route, tenant="aurora", status=status, seconds=seconds)
        seen.append(one)
    return seen


def test_a_normal_day_rings_no_alarm() -> None:
    assert find_symptom(_shop("GET /a"), WATCHED) is None


def test_slow_requests_ring_and_are_described() -> None:
    found = find_symptom(_shop("GET /a") + _shop("POST /pay", slow=6), WATCHED)
    assert found is not None
    assert found.route == "POST /pay"
    assert ONSET <= found.start_unix <= found.detected_unix < ONSET + 20
    assert "95th percentile" in found.text
    assert "fail" not in found.text


def test_failing_requests_ring_and_are_described() -> None:
    found = find_symptom(_shop("POST /pay", failing=0.5), WATCHED)
    assert found is not None
    assert "% of requests fail" in found.text


def test_a_rare_failure_is_no_alarm() -> None:
    seen = _shop("GET /a")
    seen[120] = seen[120].model_copy(update={"status": 500})
    assert find_symptom(seen, WATCHED) is None


def test_a_route_without_normal_times_cannot_ring() -> None:
    late = [one for one in _shop("GET /a", slow=9) if one.time_unix >= ONSET]
    assert find_symptom(late, WATCHED) is None
