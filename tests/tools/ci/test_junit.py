from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.ci.junit import MAX_TEXT, parse_junit, read_junit
from tools.errors import FormatError

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="0.12">
<testcase classname="tests.test_cart" name="test_total" file="tests/test_cart.py" line="11" time="0.003">
<failure message="assert 3 == 4">def test_total():
&gt;       assert total() == 4
E       assert 3 == 4</failure></testcase>
<testcase classname="tests.test_cart" name="test_open" time="0.001"><error message="fixture 'db' not found">x</error>
<system-out>noise</system-out></testcase>
<testcase classname="tests.test_cart" name="test_later"><skipped message="no network"/></testcase>
<testcase classname="tests.test_cart" name="test_fine" time="1,002.5"/>
</testsuite></testsuites>"""


def _case_xml(inside: bytes) -> bytes:
    return b'<testsuite name="s"><testcase name="t">' + inside + b"</testcase></testsuite>"


def test_outcomes_messages_and_places_are_read() -> None:
    total, opened, later, fine = parse_junit(PYTEST)
    assert (total.outcome, total.message, total.file, total.line) == (
        "failed",
        "assert 3 == 4",
        "tests/test_cart.py",
        11,
    )
    assert total.text.startswith("def test_total():\n>       assert")
    assert total.id == "tests.test_cart::test_total"
    assert (opened.outcome, opened.text) == ("error", "x")
    assert (later.outcome, later.broken) == ("skipped", False)
    assert (fine.outcome, fine.seconds) == ("passed", 1002.5)


def test_a_test_that_passed_when_repeated_is_flaky() -> None:
    data = _case_xml(b'<flakyFailure message="m" type="E">at x</flakyFailure>')
    (case,) = parse_junit(data)
    assert (case.outcome, case.kind, case.suite, case.broken) == ("flaky", "E", "s", False)


def test_a_test_that_kept_failing_when_repeated_failed() -> None:
    data = _case_xml(b'<failure message="m">a</failure><rerunFailure message="m">b</rerunFailure>')
    (case,) = parse_junit(data)
    assert (case.outcome, case.text) == ("failed", "a")


@pytest.mark.parametrize("text", ["", "n/a", "0.5s"])
def test_an_unreadable_duration_is_unknown(text: str) -> None:
    (case,) = parse_junit(f'<testsuite><testcase name="t" time="{text}" line="x"/></testsuite>'.encode())
    assert case.seconds is None
    assert case.line is None


def test_long_failure_texts_are_cut() -> None:
    body = "x" * (MAX_TEXT + 5)
    (case,) = parse_junit(f'<testsuite><testcase name="t"><failure>{body}</failure></testcase></testsuite>'.encode())
    assert len(case.text) == MAX_TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_in_any_encoding(encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>'
    with pytest.raises(FormatError, match="document type"):
        parse_junit(bomb.encode(encoding))


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "TEST-cart.xml"
    file.write_bytes(PYTEST[:200])
    with pytest.raises(FormatError, match=r"TEST-cart\.xml: not well-formed"):
        read_junit(file)


def test_a_folder_gives_the_cases_of_all_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.xml").write_bytes(PYTEST)
    (tmp_path / "two.xml").write_bytes(PYTEST)
    assert len(read_junit(tmp_path)) == 8


def test_a_missing_file_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no JUnit XML at .*: give a file"):
        read_junit(tmp_path / "none.xml")


@given(st.binary(max_size=200))
def test_any_bytes_give_cases_or_a_format_error(data: bytes) -> None:
    try:
        cases = parse_junit(data)
    except FormatError:
        return
    assert all(case.outcome for case in cases)
