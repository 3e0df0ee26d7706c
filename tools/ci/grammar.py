"""The error grammar: what common tools' lines mean, read from `grammar.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

LONGEST = 400
"""Characters of a line that are matched: errors name themselves early, and it bounds the time of any pattern."""


class Role(StrEnum):
    """What a line is for its reader."""

    HEAD = "head"
    """Names a failing test."""
    ERROR = "error"
    """Says what went wrong."""
    DETAIL = "detail"
    """Explains the error above or below: expected and actual, difference, source excerpt."""
    TRACE = "trace"
    """A stack frame."""
    SUMMARY = "summary"
    """Counts or lists failures that are shown elsewhere."""
    BANNER = "banner"
    """Announces the failures that follow."""
    ECHO = "echo"
    """A wrapper repeats that something inside it failed."""
    EXIT = "exit"
    """A command or job ended with a failure status."""
    EXIT_OK = "exit_ok"
    """A command ended well."""
    SECTION = "section"
    """Begins or ends a section of the log."""
    COMMAND = "command"
    """A command that is about to run."""
    MENTION = "mention"
    """Contains a word of failure."""
    PASS = "pass"
    """A test passed or was skipped."""
    PROGRESS = "progress"
    """Progress display."""
    NOISE = "noise"
    """Routine output of installers and builders."""
    WARNING = "warning"
    """A warning or note that does not fail the build."""


class Cause(StrEnum):
    """What kind of trouble a line shows."""

    TEST = "test"
    COMPILE = "compile"
    LINT = "lint"
    CONFIG = "config"
    MISSING = "missing"
    PERMISSION = "permission"
    DEPENDENCY = "dependency"
    NETWORK = "network"
    CHECKOUT = "checkout"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DISK = "disk"
    RUNNER = "runner"
    CRASH = "crash"


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact about one tool's output."""

    tool: str
    role: Role
    cause: Cause | None
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    example: str


@cache
def entries() -> tuple[Entry, ...]:
    """Return the whole grammar in the order of the file."""
    text = files("tools.ci").joinpath("grammar.toml").read_text(encoding="utf-8")
    return tuple(_entry(**fields) for fields in tomllib.loads(text)["entry"])


def _entry(tool: str, role: str, words: list[str], pattern: str, example: str, cause: str = "") -> Entry:
    return Entry(tool, Role(role), Cause(cause) if cause else None, tuple(words), re.compile(pattern), example)


@cache
def _by_word() -> dict[str, tuple[int, ...]]:
    """Return which entries a word makes worth trying."""
    index: dict[str, list[int]] = {}
    for number, entry in enumerate(entries()):
        for word in entry.words:
            index.setdefault(word, []).append(number)
    return {word: tuple(numbers) for word, numbers in index.items()}


def matching(line: str) -> list[Entry]:
    """Return the entries that match a line, in the order of the file."""
    line = line[:LONGEST]
    lowered = line.lower()
    worth = {number for word, numbers in _by_word().items() if word in lowered for number in numbers}
    grammar = entries()
    return [grammar[number] for number in sorted(worth) if grammar[number].pattern.search(line)]
