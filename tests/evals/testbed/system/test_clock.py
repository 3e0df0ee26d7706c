"""The file that says how wrong a clock is."""

from __future__ import annotations

import random
from pathlib import Path

from evals.testbed.system.clock import clock_path, set_clock
from evals.testbed.system.plan import make_plan


def test_a_clock_is_set_as_libfaketime_reads_it(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    plan = make_plan(tmp_path, "", random.Random(1))
    for seconds, text in ((2.5, "+2.5\n"), (0.0, "+0\n"), (-3.0, "-3\n")):
        set_clock(plan, "inventory-1", seconds)
        assert clock_path(plan, "inventory-1").read_text() == text
