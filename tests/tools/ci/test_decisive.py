"""The logs in `logs/` were written by the real tools, run on small broken programs."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.ci.clean import clean_log
from tools.ci.decisive import LineRange, find_decisive, shipped_model, templates_in

LOGS = Path(__file__).parent / "logs"
TELLING = {
    "gcc.log": ("cart.c:2:50: error: ‘prize’ undeclared", 14),
    "javac.log": ("Cart.java:2: error: cannot find symbol", 7),
    "pytest.log": ("E       assert 3 == 6", 20),
    "node-test.log": ("not ok 2 - adds up the prices", 30),
    "node.log": ("Error: Cannot find module './prices.json'", 20),
    "cargo-test.log": ("assertion `left == right` failed", 40),
    "cmake.log": ('CMake Error: The source directory "/src/c" does not appear', 3),
    "java.log": ('Exception in thread "main" java.lang.IllegalStateException: no such price', 3),
    "shell.log": ("ls: cannot access './deploy-keys': No such file or directory", 5),
}
"""Log, the beginning of a line that must be returned, and how many lines may be returned."""


def chosen(text: str) -> list[str]:
    log = clean_log(text)
    return [line for first, last in find_decisive(log).ranges for line in log.lines[first - 1 : last]]


def routine(lines: int) -> list[str]:
    """Return lines as builds print them by the thousand."""
    made = random.Random(1)
    forms = (
        "  [{a}/9000] Compiling module_{b} v0.{b}.1",
        "2026-11-24 10:{m:02d}:{m:02d} INFO worker-{b} handled request {a} in {b} ms",
        "Get:{a} http://archive.example/debian stable/main amd64 lib{b} all 1.{b} [{a} kB]",
        "ok {a} - case {b} holds",
    )
    return [
        forms[n % 4].format(a=made.randrange(9_999), b=made.randrange(99), m=made.randrange(60)) for n in range(lines)
    ]


@pytest.mark.parametrize("name", TELLING)
def test_the_telling_line_of_a_tool_is_found_in_a_few_whole_lines(name: str) -> None:
    telling, most = TELLING[name]
    lines = chosen((LOGS / name).read_text(encoding="utf-8"))
    assert any(line.startswith(telling) for line in lines), lines
    assert len(lines) <= most


@pytest.mark.parametrize("name", ["gcc.log", "pytest.log", "node.log", "cargo-test.log", "javac.log"])
def test_it_is_found_among_thousands_of_routine_lines(name: str) -> None:
    text = (LOGS / name).read_text(encoding="utf-8").rstrip("\n")
    long = [*routine(3_000), *text.split("\n"), "##[error]Process completed with exit code 1.", *routine(5)]
    lines = chosen("\n".join(long))
    assert any(line.startswith(TELLING[name][0]) for line in lines), lines
    assert len(lines) <= 45


def test_colours_and_time_stamps_change_nothing() -> None:
    text = (LOGS / "gcc.log").read_text(encoding="utf-8")
    stamped = "\n".join("2026-11-24T10:00:00.1234567Z " + line for line in text.split("\n"))
    assert chosen(stamped) == chosen(text)


def test_lines_that_successful_runs_print_too_are_not_the_reason() -> None:
    noise = ["ERROR: cache server does not answer, going on without it", "  at Cache.open(Cache.java:12)", ""]
    failure = ["ERROR: price list has no entry 7", "  at Prices.read(Prices.java:90)", ""]
    log = clean_log("\n".join([*routine(50), *failure, *routine(30), *noise, *routine(3)]))
    known = templates_in(clean_log("\n".join([*routine(50), *noise])))
    (found,) = find_decisive(log, known).ranges
    lines = log.lines[found.first - 1 : found.last]
    assert failure[0] in lines
    assert noise[0] not in lines


def test_fifty_thousand_lines_take_less_than_two_seconds_of_work() -> None:
    text = (LOGS / "pytest.log").read_text(encoding="utf-8")
    raw = "\n".join([*routine(50_000), text])
    shipped_model()
    started = time.process_time()
    found = find_decisive(clean_log(raw))
    assert time.process_time() - started < 2.0
    assert found.ranges[0].first > 50_000


@pytest.mark.parametrize("text", ["", "\n\n", "   \n\t\n"])
def test_a_log_without_text_has_no_decisive_line(text: str) -> None:
    assert find_decisive(clean_log(text)).ranges == ()


@given(st.lists(st.text(alphabet="aE:1 \n\x1b[m.-", max_size=30), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_ranges_lie_within_the_log_and_have_text_at_both_ends(parts: list[str]) -> None:
    log = clean_log("\n".join(parts))
    found = find_decisive(log)
    assert 0.0 <= found.expected <= 1.0
    for first, last in found.ranges:
        assert 1 <= first <= last <= len(log.lines)
        assert log.lines[first - 1].strip()
        assert log.lines[last - 1].strip()


def test_the_same_log_gives_the_same_lines() -> None:
    log = clean_log((LOGS / "pytest.log").read_text(encoding="utf-8"))
    assert find_decisive(log) == find_decisive(log)
    assert isinstance(find_decisive(log).ranges[0], LineRange)


def test_the_shipped_model_says_how_it_was_made_and_holds_no_name() -> None:
    model = shipped_model()
    assert model.made_by.startswith("whydown eval ci ")
    assert model.logs > 100
    assert all(len(mark) == 12 and int(mark, 16) >= 0 for mark in model.repositories)
