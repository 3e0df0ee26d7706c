import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from agent.render.clean import clean


def test_plain_text_stays_as_it_is() -> None:
    assert clean("payment POST /charge → 3.1 ms, naïve 東京 🚀") == "payment POST /charge → 3.1 ms, naïve 東京 🚀"


def test_terminal_escapes_vanish() -> None:
    assert clean("a\x1b[31mred\x1b[0mb") == "aredb"
    assert clean("a\x1b]0;title\x07b\x1b]8;;http://x\x1b\\link") == "ablink"
    assert clean("\x1bcreset \x9b2Jclear") == "reset clear"


def test_an_unfinished_escape_leaves_no_escape_character() -> None:
    assert "\x1b" not in clean("end \x1b[")
    assert "\x1b" not in clean("end \x1b]52;c;")


def test_white_space_becomes_one_blank_and_control_characters_are_marked() -> None:
    assert clean("a\r\n\tb\u2028c") == "a b c".replace(" c", "c")
    assert clean("a\x00b\x08c") == "a\ufffdb\ufffdc"


def test_changes_of_writing_direction_and_zero_widths_are_dropped() -> None:
    assert clean("user\u202egpj.exe\u2066 a\u200bb") == "usergpj.exe ab"


def test_a_flood_of_combining_marks_is_cut() -> None:
    assert clean("e" + "\u0301" * 50) == "e\u0301\u0301"


def test_a_lone_surrogate_can_be_encoded() -> None:
    assert clean("a\ud800b").encode() == "a\ufffdb".encode()


def test_long_text_is_cut_and_marked() -> None:
    assert clean("x" * 500, 10) == "x" * 9 + "…"
    assert clean("x" * 10, 10) == "x" * 10


def test_a_megabyte_is_cut_without_reading_all_of_it() -> None:
    assert clean("x" * 1_000_000, 50) == "x" * 49 + "…"
    assert clean(" " * 1_000_000, 50) == "…"


@given(st.text(), st.integers(2, 100))
def test_the_result_is_one_printable_line_of_bounded_length(text: str, limit: int) -> None:
    line = clean(text, limit)
    assert len(line) <= limit
    assert not {unicodedata.category(char) for char in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
