from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.ci.clean import clean_log


def test_colours_and_cursor_codes_vanish() -> None:
    log = clean_log("\x1b[31mFAIL\x1b[0m cart\n\x1b[2K\x1b[1Gplain\x1b]8;;http://x\x07link\x1b]8;;\x07")
    assert log.lines == ("FAIL cart", "plainlink")


def test_red_lines_are_remembered() -> None:
    log = clean_log("\x1b[1;31mbad\x1b[0m\n\x1b[32mgood\x1b[0m\nplain\n\x1b[91mbright\x1b[m")
    assert log.red == (True, False, False, True)


def test_only_what_a_progress_line_shows_at_the_end_remains() -> None:
    log = clean_log(" 10%\r 50%\r100% done\nwindows line\r\nnext")
    assert log.lines == ("100% done", "windows line", "next")


def test_leading_time_stamps_of_github_and_gitlab_vanish() -> None:
    raw = "2026-11-24T10:00:00.1234567Z make check\n2026-11-24T10:00:01.000000Z 00O Running\n2026-11-24 kept"
    assert clean_log(raw).lines == ("make check", "Running", "2026-11-24 kept")


def test_control_characters_vanish_and_tabs_stay() -> None:
    assert clean_log("a\x08b\tc\x00").lines == ("ab\tc",)


def test_an_empty_log_is_one_empty_line() -> None:
    assert clean_log("").lines == ("",)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=300))
def test_line_numbers_are_those_of_the_raw_log(raw: str) -> None:
    log = clean_log(raw)
    assert len(log.lines) == len(log.red) == raw.count("\n") + 1
    assert not any("\x1b" in line or "\r" in line for line in log.lines)
