import datetime as dt
import math
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.render import words
from agent.schema import Verdict, Windows
from tests.agent.render import sample
from tools.faults import FaultKind


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (3.14159, "3.14"),
        (118.4, "118"),
        (12345.6, "12,346"),
        (0.00012, "0.00012"),
        (1e-9, "1.00e-09"),
        (-41.23, "-41.2"),
        (999.7, "1,000"),
        (math.nan, "–"),
        (math.inf, "–"),
        (None, "–"),
    ],
)
def test_numbers_have_three_digits_and_seldom_an_exponent(value: float | None, shown: str) -> None:
    assert words.number(value) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (3.1, "ms", "3.1 ms"),
        (1530.0, "ms", "1.53 s"),
        (0.02, "ms", "20 µs"),
        (300.0, "s", "5 min"),
        (7200.0, "s", "2 h"),
        (5_000_000.0, "By", "5 MB"),
        (0.0, "By", "0 B"),
        (0.13, "1", "0.13"),
        (7.0, "{requests}", "7 requests"),
        (7.0, "", "7"),
        (None, "ms", "–"),
    ],
)
def test_amounts_have_a_handy_unit(value: float | None, unit: str, shown: str) -> None:
    assert words.amount(value, unit) == shown


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "0 %"), (0.003, "<1 %"), (0.865, "86 %"), (0.999, ">99 %"), (1.0, "100 %")]
)
def test_percentages_do_not_round_to_certainty(share: float, shown: str) -> None:
    assert words.percent(share) == shown


def test_a_fault_kind_names_its_family_unless_it_says_so_itself() -> None:
    assert words.kind_words(FaultKind.RESTART) == "restart, resource"
    assert words.kind_words(FaultKind.SLOW_CODE) == "slow code"
    assert words.kind_words(FaultKind.UNKNOWN) == "unknown"


def test_the_headline_says_cause_and_confidence() -> None:
    assert words.headline(sample.report()) == ("ROOT CAUSE", "payment (slow code), 87 % confident")


def test_the_headline_of_an_inconclusive_report_does_not_claim_a_cause() -> None:
    word, rest = words.headline(sample.report(sample.SECOND, verdict=Verdict.INCONCLUSIVE))
    assert word == "INCONCLUSIVE"
    assert rest == "redis (dependency down) leads with <1 %, not enough to call it the cause"


def test_a_healthy_report_is_never_headed_by_a_cause() -> None:
    served = sample.report(verdict=Verdict.HEALTHY).model_copy(update={"summary": "requests are served as before"})
    assert words.headline(sample.healthy())[1] == "nothing deviates more than it does in the baseline itself"
    assert words.headline(served) == ("HEALTHY", "requests are served as before")


def test_the_likeliest_of_several_is_not_told_as_if_it_were_sure() -> None:
    unsure = sample.FIRST.model_copy(update={"confidence": 0.32})
    word, rest = words.headline(sample.report(unsure))
    assert (word, rest) == ("ROOT CAUSE", "most likely payment (slow code), 32 %; that something is at fault is sure")


def test_windows_over_midnight_show_both_dates() -> None:
    start = dt.datetime(2026, 11, 24, 23, 59, tzinfo=dt.UTC)
    shown = words.window_words((start, start + dt.timedelta(minutes=5)))
    assert shown == "2026-11-24 23:59:00..2026-11-25 00:04:00 (5 min)"


def test_times_of_another_zone_are_shown_in_utc() -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    assert words.clock(dt.datetime(2026, 11, 24, 12, 0, 30, tzinfo=zone)) == "10:00:30"
    assert words.clock(None) == ""


def test_many_baseline_windows_are_counted() -> None:
    baseline = tuple((sample.at(-900 + 60 * i), sample.at(-870 + 60 * i)) for i in range(6))
    shown = words.windows_words(Windows(incident=(sample.at(0), sample.at(60)), baseline=baseline, chosen_by="data"))
    assert "and 3 more UTC, found from the data" in shown


def test_timings_add_up_nodes_not_their_steps() -> None:
    assert words.timing_words({"intake": 0.02, "survey": 1.13, "survey.latency": 0.4}) == (
        "1.15 s (survey 1.13 s, intake 20 ms)"
    )
    assert words.timing_words({}) == "0 s"


def test_sources_say_what_is_missing_and_what_was_left_out() -> None:
    assert words.source_lines(sample.report()) == ["read: traces · missing: logs", "traces: 12 spans are left out"]


def test_model_usage_is_stated() -> None:
    report = sample.report()
    assert words.usage_words(report) == "no language model"
    used = report.usage.model_copy(
        update={"model": "m", "calls": 2, "prompt_tokens": 1200, "completion_tokens": 90, "cost": 0.012}
    )
    assert words.usage_words(report.model_copy(update={"usage": used})) == (
        "m, 2 calls, 1,200 + 90 tokens, cost 0.0120"
    )


def test_a_command_is_broken_before_flags_and_stays_one_command() -> None:
    lines = words.command_lines(sample.QUERY, 70)
    assert max(map(len, lines)) <= 72
    assert all(line.endswith(" \\") for line in lines[:-1])
    assert shlex.split(" ".join(line.removesuffix(" \\") for line in lines)) == shlex.split(sample.QUERY)
    assert all(line.startswith("--") for line in lines[1:])


def test_a_command_with_an_open_quote_is_shown_as_it_is() -> None:
    assert words.command_lines("it's", 40) == ["it's"]


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), min_size=1, max_size=12))
def test_breaking_a_command_keeps_its_words(arguments: list[str]) -> None:
    lines = words.command_lines(shlex.join(["whydown", *arguments]), 40)
    joined = "\n".join(lines).replace(" \\\n", " ")
    assert shlex.split(joined) == ["whydown", *arguments]
