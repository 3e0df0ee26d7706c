"""The terminal interface is measured as a person sees it."""

from pathlib import Path

import pytest

from agent.runs import find_run
from evals.bench.screen import FINDINGS, ScreenCost, many_findings, measure_screen, screen_lines
from evals.bench.screenshot import without_fonts
from tests.agent.incidents import slow_pay
from tools.errors import RunError


def test_the_summary_names_the_targets() -> None:
    cost = ScreenCost(0.5, tuple(n / 1000 for n in range(1, 41)), 0.4, 0.01)
    assert cost.typical_s == pytest.approx(0.0205)
    assert cost.slow_s == pytest.approx(0.039)
    first, second = screen_lines(cost)
    assert first == "whydown chat: first paint 0.50 s (0.40 s CPU), target under 1 s"
    assert "median 20 ms, 19 of 20 under 39 ms (10 ms CPU a key)" in second


def test_findings_are_multiplied_and_moved_through(tmp_path: Path) -> None:
    run = many_findings(slow_pay(tmp_path / "shop"), tmp_path / "runs")
    assert len(find_run(tmp_path / "runs", run).report().evidence) == FINDINGS
    cost = measure_screen(run, tmp_path / "runs", keys=3)
    assert cost.first_paint_s > 0
    assert len(cost.repaint_s) == 3
    with pytest.raises(RunError):
        find_run(tmp_path / "runs", "nothing")


def test_a_picture_fetches_no_fonts() -> None:
    svg = "<svg><style>@font-face { src: url(https://x.example/f.woff2); }\n.a { fill: red }</style></svg>"
    assert without_fonts(svg) == "<svg><style>.a { fill: red }</style></svg>"
