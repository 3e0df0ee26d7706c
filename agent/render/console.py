"""The consoles of the command line: colour only where it is wanted, no character that cannot be encoded."""

from __future__ import annotations

import codecs
import io
import sys
from typing import TextIO

from rich.console import Console, RenderableType
from rich.segment import Segment, Segments
from rich.theme import Theme

THEME = Theme(
    {
        "verdict.root_cause": "bold red",
        "verdict.inconclusive": "bold yellow",
        "verdict.healthy": "bold green",
        "component": "bold",
        "label": "cyan",
        "quiet": "dim",
        "ref": "magenta",
        "bar": "red",
        "unverified": "yellow",
        "struck": "strike dim",
        "level": "green",
        "series": "cyan",
    }
)
_PLAIN = str.maketrans(
    {
        "→": ">",
        "↓": "v",
        "↑": "^",
        "…": "~",
        "·": "-",
        "–": "-",
        "—": "-",
        "█": "#",
        "░": ".",
        "σ": "s",
        "±": "~",
        "×": "x",
        "─": "-",
        "━": "-",
        "│": "|",
        "µ": "u",
    }
)
_ERRORS = "whydown-plain"


def plain(text: str) -> str:
    """Return a text of equal length in ASCII: look-alikes where there are some, `+` for boxes, else `?`."""
    return "".join(char if char.isascii() else _plain_char(char) for char in text.translate(_PLAIN))


def _plain_char(char: str) -> str:
    if "\u2500" <= char <= "\u257f":
        return "+"
    return "*" if "\u2800" <= char <= "\u28ff" else "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def make_encodable(stream: TextIO) -> None:
    """Make a stream replace what its encoding lacks, column for column, instead of failing."""
    codecs.register_error(_ERRORS, _replace)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_ERRORS)


def print_view(console: Console, view: RenderableType) -> int:
    """Print something without the blanks that layouts leave at the end of lines; return the number of lines."""
    segments: list[Segment] = []
    lines = console.render_lines(view, pad=False)
    for line in lines:
        while line and not line[-1].text.strip():
            line.pop()
        segments += line[:-1]
        segments += [Segment(line[-1].text.rstrip(), line[-1].style)] if line else []
        segments.append(Segment.line())
    console.print(Segments(segments), end="")
    return len(lines)


def open_console(*, stderr: bool = False, width: int | None = None) -> Console:
    """Return a console on standard output or standard error.

    With NO_COLOR, on a dumb terminal or when the stream is not a terminal, no escape code is written
    at all, not even for bold.
    """
    stream = sys.stderr if stderr else sys.stdout
    make_encodable(stream)
    console = Console(file=stream, theme=THEME, width=width, highlight=False, markup=False, emoji=False)
    if console.no_color or console.is_dumb_terminal:
        return Console(
            file=stream, theme=THEME, width=width, highlight=False, markup=False, emoji=False, color_system=None
        )
    return console
