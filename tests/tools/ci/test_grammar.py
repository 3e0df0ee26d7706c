from __future__ import annotations

import time

import pytest

from tools.ci.grammar import LONGEST, Cause, Entry, Role, entries, matching


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: f"{entry.tool}-{entry.role}")
def test_every_entry_finds_its_own_example(entry: Entry) -> None:
    assert entry in matching(entry.example)


def test_words_are_lower_case_so_that_they_can_match() -> None:
    assert all(word == word.lower() for entry in entries() for word in entry.words)


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("src/main.c:12:5: error: expected ';' before '}' token", Role.ERROR),
        ("FAILED tests/test_cart.py::test_total - assert 3 == 4", Role.HEAD),
        ("--- FAIL: TestTotal (0.00s)", Role.HEAD),
        ("[ERROR] /src/Cart.java:[12,5] cannot find symbol", Role.ERROR),
        ("error TS2304: Cannot find name 'prize'.", Role.ERROR),
        ("    at Cart.total (/src/cart.js:12:9)", Role.TRACE),
        ('  File "/src/cart.py", line 12, in total', Role.TRACE),
        ("npm ERR! code ELIFECYCLE", Role.ECHO),
        ("make: *** [Makefile:4: check] Error 1", Role.ECHO),
        ("##[error]Process completed with exit code 2.", Role.EXIT),
        ("ok 4 - sums", Role.PASS),
        ("cart.c:3:9: warning: unused variable 'x'", Role.WARNING),
    ],
)
def test_common_lines_have_their_role(line: str, role: Role) -> None:
    assert role in {entry.role for entry in matching(line)}


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("curl: (6) Could not resolve host: example.org", Cause.NETWORK),
        ("java.lang.OutOfMemoryError: Java heap space", Cause.MEMORY),
        ("tar: write error: No space left on device", Cause.DISK),
        ("ERROR: No matching distribution found for shop==9", Cause.DEPENDENCY),
        ("The job has exceeded the maximum time limit for jobs", Cause.TIMEOUT),
        ("bash: shop: command not found", Cause.MISSING),
        ("The runner has received a shutdown signal.", Cause.RUNNER),
    ],
)
def test_trouble_is_told_apart(line: str, cause: Cause) -> None:
    assert cause in {entry.cause for entry in matching(line)}


@pytest.mark.parametrize(
    "line",
    [
        'The command "make" exited with 0.',
        "0 errors, 0 warnings",
        "Compiling error_handling.c",
        "=== RUN   TestErrors",
        "ok 3 - reports errors",
    ],
)
def test_success_is_no_failure(line: str) -> None:
    roles = {entry.role for entry in matching(line)}
    assert not roles & {Role.ERROR, Role.HEAD, Role.EXIT, Role.ECHO}


@pytest.mark.parametrize("filler", ["a", " ", "(", "error ", "at ", "0", "-", "\t", "/x.y:1", "^~", "| "])
def test_no_pattern_is_slow_on_a_long_line(filler: str) -> None:
    line = (filler * 50_000)[:50_000]
    started = time.perf_counter()
    matching(line)
    assert time.perf_counter() - started < 0.5


def test_only_the_beginning_of_a_line_is_matched() -> None:
    assert matching("x" * LONGEST + " error: late") == []
