"""Whether a query was asked before, exactly or nearly so: small models ask one question without end."""

from __future__ import annotations

import difflib
import re

NEARLY = 0.92
"""Likeness of two texts from which they ask the same."""
_EXACT = frozenset(
    {"trace_id", "revision", "path", "result", "page", "line", "service", "operation", "metric", "order", "job", "test"}
)
"""Arguments that name things: another name is another question."""
Question = tuple[str, dict[str, object]]
"""A tool and its arguments as they were understood."""


def same_question(first: Question, second: Question) -> bool:
    """Tell whether two queries ask the same. Free text may differ in case, white space, marks and a few letters."""
    if first[0] != second[0] or first[1].keys() != second[1].keys():
        return False
    return all(_same(name, first[1][name], second[1][name]) for name in first[1])


def _same(name: str, first: object, second: object) -> bool:
    if first == second:
        return True
    if name in _EXACT or not (isinstance(first, str) and isinstance(second, str)):
        return False
    one, other = _plain(first), _plain(second)
    return one == other or difflib.SequenceMatcher(None, one, other).ratio() >= NEARLY


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
