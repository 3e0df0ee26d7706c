import io

from rich.console import Console

from agent.render.console import THEME, print_view
from agent.render.terminal import finding_view
from agent.schema import Report
from tests.agent.render import sample
from tools.evidence import Sample
from tools.window import to_ns


def shown(report: Report, evidence_id: str) -> list[str]:
    out = io.StringIO()
    item = report.find(evidence_id)
    assert item is not None
    print_view(Console(file=out, width=80, theme=THEME, color_system=None), finding_view(report, item, 80))
    return out.getvalue().splitlines()


def test_a_finding_shows_values_onset_and_who_cites_it() -> None:
    lines = shown(sample.report(), "E1")
    assert lines[0] == "E1 self-time of payment POST /charge rose from 3.1 ms to 118 ms (median)"
    for expected in (
        "kind      latency.self",
        "subject   operation payment POST /charge",
        "change    3.1 ms → 118 ms (baseline → incident)",
        "onset     2026-11-24 10:00:30.000 UTC",
        "cited     for 1. payment",
        "verify    whydown show shop traces --table operations \\",
    ):
        assert expected in lines


def test_a_finding_that_speaks_against_says_so() -> None:
    assert "cited     against 1. payment, 2. redis" in shown(sample.report(), "E2")


def test_samples_are_listed_and_series_are_plotted() -> None:
    line = Sample(kind="log", ref="abc123", text="waiting for \x1b[31mlock", times=(to_ns(sample.at(31)),))
    item = sample.EVIDENCE[0].model_copy(update={"samples": (line, sample.series(3, 118))})
    lines = shown(sample.report(items=(item, *sample.EVIDENCE[1:])), "E1")
    assert "log       2026-11-24 10:00:31.000 abc123 waiting for lock" in lines
    assert any("┤" in line for line in lines)


def test_what_a_finding_lacks_is_left_out() -> None:
    bare = {"baseline": None, "incident": None, "effect": 0.0, "onset": None, "samples": ()}
    item = sample.EVIDENCE[0].model_copy(update=bare)
    labels = {line.split()[0] for line in shown(sample.report(items=(item, *sample.EVIDENCE[1:])), "E1")}
    assert not labels & {"change", "effect", "onset"}


def test_hostile_text_is_neutralised() -> None:
    text = "\n".join(shown(sample.hostile(), "E1"))
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 80
