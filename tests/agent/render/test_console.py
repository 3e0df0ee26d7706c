import io
import sys

import pytest
from rich.table import Table
from rich.text import Text

from agent.render.console import make_encodable, open_console, plain, print_view


def encoded(text: str, encoding: str) -> bytes:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    make_encodable(stream)
    stream.write(text)
    stream.flush()
    return raw.getvalue()


def test_what_an_encoding_lacks_is_replaced_column_for_column() -> None:
    assert encoded("a → b… ██░ ┌─┐ ⣀⡇ 東", "ascii") == b"a > b~ ##. +-+ ** ?"


def test_what_an_encoding_has_stays() -> None:
    assert encoded("é → 3 µs", "latin-1") == "é > 3 µs".encode("latin-1")
    assert encoded("é → 東", "utf-8") == "é → 東".encode()


def test_a_lone_surrogate_does_not_fail() -> None:
    assert encoded("a\ud800b", "utf-8") == b"a?b"


def test_look_alikes_keep_the_length() -> None:
    text = "→↓…·█░─│µ┼⣿é"
    assert len(plain(text)) == len(text)
    assert plain(text).isascii()


def test_nothing_but_text_is_written_when_output_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    open_console().print(Text("loud", style="bold red"))
    assert capsys.readouterr().out == "loud\n"


def test_no_color_means_no_escape_code_even_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    open_console().print(Text("loud", style="bold red"))
    assert capsys.readouterr().out == "loud\n"


def test_a_terminal_gets_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    open_console().print(Text("loud", style="bold red"))
    assert capsys.readouterr().out == "\x1b[1;31mloud\x1b[0m\n"


def test_lines_end_without_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    grid = Table.grid(expand=True)
    grid.add_row("a", "b")
    grid.add_row("", "")
    print_view(open_console(width=20), grid)
    out = capsys.readouterr().out
    assert out.splitlines() == ["a         b", ""]


def test_markup_in_text_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    print_view(open_console(width=40), Text("[bold]x[/bold] :smile:"))
    assert capsys.readouterr().out == "[bold]x[/bold] :smile:\n"
