"""Which part of the change under test fits the failure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tools.ci.diff import FileChange, Hunk

_NAME = re.compile(r"[A-Za-z_]\w{3,}")
_PACKAGE = re.compile(r"^[\s\"']*([A-Za-z0-9@][\w./@-]{1,80}?)[\"']?\s*(?:==|>=|~=|<=|[:=@]\s*[\"'^~]?\d|\s+v?\d)")
_COMMON_WORDS = """
class self this return import from const function public private static void null none true false assert
test tests error errors expected actual value values name string print else elif with await async package main
fail failed failure exception raise throw throws line file data args kwargs result type list dict bool
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Names that any program and any failure have."""
LINE_HIT, FILE_HIT, PACKAGE_HIT, NAME_HIT, MOST_NAMES = 4.0, 2.5, 3.0, 0.75, 3
"""Weights: the failure names a changed line, a changed file, a changed dependency, a name on an added line."""
ENOUGH = 2.0
"""Weight below which a part of the change is not called a suspect."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A changed file, the hunk of it if the failure points at one, how strongly, and why."""

    change: FileChange
    hunk: Hunk | None
    weight: float
    reasons: tuple[str, ...]


def find_suspects(failure: str, diff: Sequence[FileChange]) -> list[Suspect]:
    """Return the changed files that a failure's text points at, the most likely first.

    Args:
        failure: decisive lines and test failures, one text.
        diff: the change under test.
    """
    names = set(_NAME.findall(failure))
    found = [_suspect(change, failure, names) for change in diff]
    return sorted((one for one in found if one.weight >= ENOUGH), key=lambda one: (-one.weight, one.change.path))


def _suspect(change: FileChange, failure: str, names: set[str]) -> Suspect:
    weight, reasons, hunk = 0.0, [], None
    lines = mentioned_lines(change.path, failure)
    if lines is not None:
        hunk = next((hunk for hunk in change.hunks for line in lines if hunk.holds(line)), None)
        weight += LINE_HIT if hunk else FILE_HIT
        line = next((line for line in lines if hunk and hunk.holds(line)), 0)
        reasons.append(f"the failure names line {line}, which was changed" if hunk else "the failure names the file")
    bumped = next((name for name in _packages(change) if name.lower() in failure.lower()), "")
    if bumped:
        weight += PACKAGE_HIT
        reasons.append(f"the failure names {bumped}, whose version was changed")
    shared = _shared_names(change, names)
    if shared:
        weight += NAME_HIT * min(len(shared), MOST_NAMES)
        reasons.append(f"added lines and the failure share {', '.join(shared[:MOST_NAMES])}")
    return Suspect(change, hunk, weight, tuple(reasons))


def mentioned_lines(path: str, failure: str) -> list[int] | None:
    """Return the line numbers at which a text mentions a file; None when it does not mention it.

    The text may hold a longer path (a checkout folder before it) or only the file's name with a line.
    """
    pure = PurePosixPath(path)
    tail = re.escape("/".join(pure.parts[-2:])) if len(pure.parts) > 1 else re.escape(path)
    place = r"(?:[:(,]\s?(?:line )?|\", line |#L)(\d+)"
    full = re.findall(rf"(?<![\w.-]){tail}(?![\w-])(?:{place})?", failure)
    bare = re.findall(rf"(?<![\w./-]){re.escape(pure.name)}{place}", failure)
    if not full and not bare:
        return None
    return [int(number) for number in [*full, *bare] if number]


def _packages(change: FileChange) -> list[str]:
    if not change.manifest:
        return []
    return [found[1] for hunk in change.hunks for line in hunk.added if (found := _PACKAGE.match(line))]


def _shared_names(change: FileChange, names: set[str]) -> list[str]:
    """Return names on added lines that the failure mentions too, the longest first."""
    if change.manifest:
        return []
    added = {name for hunk in change.hunks for line in hunk.added for name in _NAME.findall(line)}
    return _telling(added & names)


def shared_names(first: str, second: str) -> list[str]:
    """Return names that two texts have in common and that not any program has, the longest first."""
    return _telling(set(_NAME.findall(first)) & set(_NAME.findall(second)))


def _telling(names: set[str]) -> list[str]:
    return sorted(names - _COMMON, key=lambda name: (-len(name), name))
