import io
import re

import pytest
from rich.console import Console

from agent.render.console import THEME, print_view
from agent.render.markdown import to_markdown
from agent.render.terminal import report_view
from agent.render.terminal.plot import decisive
from agent.schema import Hypothesis, Report
from agent.schema.report import Similar
from tests.agent.render import sample


def shown(report: Report, width: int = 80, every: bool = False, colour: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=width, theme=THEME, force_terminal=colour, color_system="truecolor" if colour else None
    )
    print_view(console, report_view(report, width, every=every))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal_or_ends_in_blanks(width: int) -> None:
    for report in (sample.report(), sample.healthy(), sample.hostile()):
        for line in shown(report, width, every=True).splitlines():
            assert len(line) <= width
            assert line == line.rstrip()


def test_the_first_line_is_the_verdict() -> None:
    first, *_ = shown(sample.report()).splitlines()
    assert first == "ROOT CAUSE: payment (slow code), 87 % confident"


def test_the_first_hypothesis_is_shown_in_full() -> None:
    text = shown(sample.report())
    for expected in (
        "1.  87 % █████████░ payment POST /charge: slow code",
        "payment waits for a lock",
        "missing   a CPU profile of payment",
        "next      Take a CPU profile of payment for 30 seconds.",
        "fix       1. Roll payment back to v41.",
        "          2. Look for the lock that the new log line names.",
        "owner     team-payments",
    ):
        assert expected in text


def test_a_finding_is_not_repeated_in_the_cause() -> None:
    statement = sample.EVIDENCE[0].statement
    first = sample.FIRST.model_copy(update={"cause": f"payment waits for a lock: {statement}", "chain": ()})
    text = " ".join(shown(sample.report(first), 110).split())
    assert text.count(statement) == 1
    assert "payment waits for a lock for E1" in text


def test_the_chain_runs_from_cause_to_symptom_and_marks_what_is_not_verified() -> None:
    lines = [line.strip() for line in shown(sample.report()).splitlines()]
    assert "cause     payment: POST /charge takes 118 ms E1 E3" in lines
    assert "→ then    checkout: waits for payment  [not verified: no such edge]" in lines
    assert "→ symptom gateway: POST /checkout is slow E4" in lines


def test_evidence_is_ordered_by_strength_whatever_its_sign() -> None:
    drop = sample.evidence(9, "requests fell", -99.0)
    first = sample.FIRST.model_copy(update={"supports": ("E3", "E1", "E9")})
    text = shown(sample.report(first, items=(*sample.EVIDENCE, drop)))
    assert text.index("requests fell") < text.index("self-time of payment") < text.index("a new line 88 times")
    assert "requests fell (effect -99, from 10:00:30)" in text


def test_more_evidence_than_fits_is_counted() -> None:
    items = tuple(sample.evidence(n, f"finding {n}") for n in range(1, 12))
    first = sample.FIRST.model_copy(update={"supports": tuple(item.id for item in items), "chain": ()})
    text = shown(sample.report(first, items=items))
    assert "and 5 more" in text


def test_no_evidence_against_is_said() -> None:
    assert "against   nothing" in shown(sample.report(sample.FIRST.model_copy(update={"contradicts": ()})))


def test_a_hypothesis_without_evidence_says_so() -> None:
    bare = sample.SECOND.model_copy(update={"contradicts": (), "confidence": 0.05})
    assert "redis does not answer\n    no evidence" in shown(sample.report(sample.FIRST, bare))


def test_other_hypotheses_are_short_unless_all_are_wanted() -> None:
    assert "Restart redis." not in shown(sample.report())
    likely = sample.SECOND.model_copy(update={"confidence": 0.05})
    assert "redis does not answer\n    against E2" in shown(sample.report(sample.FIRST, likely))
    assert "Restart redis." in shown(sample.report(), every=True)


def test_unlikely_hypotheses_get_one_line() -> None:
    text = shown(sample.report())
    assert "2.  <1 % ░░░░░░░░░░ redis: dependency down\n\n" in text
    assert "redis does not answer" not in text


def test_a_wide_terminal_gets_the_numbers_in_columns() -> None:
    text = shown(sample.report(), 140)
    assert re.search(r"E1 self-time of payment .*\(median\) +3.1 ms +118 ms +\+41.2 +10:00:30", text)
    assert re.search(r"finding +baseline +incident +effect +from \(UTC\)", text)


def test_the_plot_shows_level_peak_and_onset() -> None:
    text = shown(sample.report())
    assert re.search(r"^ +130 ms┤", text, re.MULTILINE)
    assert re.search(r"^ +3.1 ms├", text, re.MULTILINE)
    assert re.search(r"^ +09:50:00 +10:00:30 +10:04:50$", text, re.MULTILINE)


def test_without_a_series_there_is_no_plot() -> None:
    items = tuple(item.model_copy(update={"samples": ()}) for item in sample.EVIDENCE)
    text = shown(sample.report().model_copy(update={"evidence": items}))
    assert "┤" not in text


@pytest.mark.parametrize("values", [(float("nan"),) * 90, (1.0,) * 3])
def test_a_series_of_nan_or_of_few_points_is_not_plotted(values: tuple[float, ...]) -> None:
    broken = sample.series(1, 2).model_copy(update={"values": values})
    items = tuple(item.model_copy(update={"samples": (broken,)}) for item in sample.EVIDENCE)
    assert decisive(sample.report().model_copy(update={"evidence": items}), sample.FIRST) is None


def test_a_flat_series_and_one_far_from_the_level_are_plotted() -> None:
    for level, later in ((5.0, 5.0), (1e9, 1e12), (0.0, 0.0)):
        items = tuple(i.model_copy(update={"samples": (sample.series(level, later),)}) for i in sample.EVIDENCE)
        assert "┤" in shown(sample.report().model_copy(update={"evidence": items}))


def test_a_healthy_report_says_so_and_names_windows_and_signals() -> None:
    text = shown(sample.healthy())
    assert text.startswith("HEALTHY: nothing deviates more than it does in the baseline itself\n")
    assert "2026-11-24 10:00:00..10:05:00 (5 min)" in text
    assert "read: traces · missing: logs" in text


def test_the_end_tells_how_to_go_on() -> None:
    text = shown(sample.report())
    assert "whydown show shop traces --table operations \\" in text
    assert "whydown report 20261124T100600-abc123 --evidence E4" in text
    assert "whydown report with --all, --markdown or --json" in text
    assert "--all" not in shown(sample.report(), every=True)


def test_hostile_text_cannot_reach_the_terminal() -> None:
    text = shown(sample.hostile(), every=True)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[bold]b[/bold]" in text
    assert len(text) < 30_000


def test_hostile_text_adds_no_escape_codes_of_its_own() -> None:
    coloured = shown(sample.hostile(), colour=True)
    assert not re.search(r"\x1b\[(?![0-9;]*m)", coloured)
    assert "\x1b]" not in coloured


def test_an_unknown_kind_and_an_empty_hypothesis_are_shown() -> None:
    bare = Hypothesis(rank=1, component="a", fault_kind="unknown", cause="", confidence=0.0)
    assert "1.   0 % ░░░░░░░░░░ a: unknown" in shown(sample.report(bare))


def test_a_past_incident_is_cited_with_what_resolved_it() -> None:
    similar = Similar(id="PM-42", title="Orders hang", status="confirmed", useful=3, strength=0.8, resolution="restart")
    report = sample.report().model_copy(update={"similar": (similar,)})
    assert "similar to" not in shown(sample.report())
    for text in (shown(report), to_markdown(report).replace("\\", "")):
        said = " ".join(text.split())
        assert "similar to PM-42 (confirmed, 3 times useful): Orders hang; it was resolved by: restart" in said


def test_a_hypothesis_that_a_person_ruled_out_says_why() -> None:
    second = sample.SECOND.model_copy(update={"rejected": "redis was idle [bold]"})
    report = sample.report(sample.FIRST, second)
    assert "redis: dependency down [ruled out: redis was idle [bold]]" in " ".join(shown(report).split())
    assert r"ruled out by a person: redis was idle \[bold\]" in to_markdown(report)
