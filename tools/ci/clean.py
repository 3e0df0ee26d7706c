"""Clean a raw CI log: one text a line, without colours, progress overwrites and time stamps.

Lines are cut at line feeds only, so that line numbers stay those of the raw log and of the run's web page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ESCAPE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, erase (ECMA-48, 5.4)
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: title, hyperlinks
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
)
_RED = re.compile(r"\x1b\[(?:\d+;)*(?:31|91|41|101|38;5;(?:1|9|160|196))(?:;\d+)*m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_STAMP = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?: [0-9a-f]{2}[OE]\+?)? ?", re.MULTILINE)
"""GitHub's and GitLab's leading time stamps (GitLab's with stream number and continuation mark)."""


@dataclass(frozen=True, slots=True)
class CleanLog:
    """A log ready to be read.

    `lines` holds one text a line of the raw log; line number n of a person is index n - 1.
    `red` tells for each line whether its tool coloured any of it red.
    """

    lines: tuple[str, ...]
    red: tuple[bool, ...]


def clean_log(raw: str) -> CleanLog:
    """Return the lines of a raw log as a terminal would leave them."""
    raw = _STAMP.sub("", raw)
    if "\x1b" in raw:
        red = tuple("\x1b" in line and _RED.search(line) is not None for line in raw.split("\n"))
        raw = _ESCAPE.sub("", raw)
    else:
        red = ()
    lines = [_last_overwrite(line) if "\r" in line else line for line in raw.split("\n")]
    texts = tuple(_CONTROL.sub("", line).rstrip() for line in lines)
    return CleanLog(texts, red or (False,) * len(texts))


def _last_overwrite(line: str) -> str:
    """Return what remains visible after carriage returns: the last text that is not blank."""
    return next((part for part in reversed(line.split("\r")) if part.strip()), "")
