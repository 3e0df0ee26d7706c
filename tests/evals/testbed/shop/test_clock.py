"""A wrong clock, in a process of its own: it is wrong for everyone in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, logging, sys, time
from pathlib import Path
from time import time_ns
from opentelemetry.sdk.trace import TracerProvider
from evals.testbed.shop.runtime.clock import HostClock

path = Path(sys.argv[1])
right, right_ns = [time.time], [time.time_ns]  # in lists: not known by a name in any module
clock = HostClock(path)
tracer = TracerProvider().get_tracer("test")

def look():
    clock.refresh()
    before = time.monotonic()
    span = tracer.start_span("work")
    span.end()
    return {
        "time": time.time() - right[0](),
        "time_ns": (time_ns() - right_ns[0]()) / 1e9,
        "span": (span.start_time - right_ns[0]()) / 1e9,
        "log": logging.LogRecord("a", 20, "a", 1, "a", (), None).created - right[0](),
        "took": time.monotonic() - before,
    }

seen = [look()]
for ahead in sys.argv[2:]:
    path.write_text(ahead)
    seen.append(look())
print(json.dumps(seen))
"""


def _look(path: Path, *settings: str) -> list[dict[str, float]]:
    command = [sys.executable, "-c", SCRIPT, str(path), *settings]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return list(json.loads(done.stdout))


def test_the_clock_is_wrong_for_code_logs_and_spans_and_can_be_set_right(tmp_path: Path) -> None:
    right, ahead, behind, again = _look(tmp_path / "inventory-1.clock", "2.5", "-30", "0.0")
    for who in ("time", "time_ns", "span", "log"):
        assert right[who] == pytest.approx(0, abs=0.5)
        assert ahead[who] == pytest.approx(2.5, abs=0.5)
        assert behind[who] == pytest.approx(-30, abs=0.5)
        assert again[who] == pytest.approx(0, abs=0.5)
    assert max(one["took"] for one in (right, ahead, behind, again)) < 1
