"""Cut secrets out of a text."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from tools.redact.rules import rules

MARK = re.compile(r"(\[redacted [a-z-]+(?: [a-z-]+)?\])")
"""What stands in place of a secret; it says what was there, since that may matter for the diagnosis."""
REMEMBERED = 8192
"""Texts whose result is kept: an investigation writes the same evidence to its journal and its checkpoints."""
_ROUNDS = 8
"""What is cut out can bring a secret to light that stood beside it; in practice the second round finds nothing."""


class Redacted(NamedTuple):
    """A text without secrets, and how many of each kind were cut out."""

    text: str
    counts: dict[str, int]


def redact(text: str) -> Redacted:
    """Return a text with every secret replaced by `[redacted KIND]`.

    Redacting twice gives the same text. Identifiers of telemetry (trace and span ids, UUIDs, digests, times) stay.
    Time grows with the length of the text, also for hostile text.
    """
    cleaned, counts = _redacted(text)
    return Redacted(cleaned, dict(counts))


@lru_cache(maxsize=REMEMBERED)
def _redacted(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    counts: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        parts = MARK.split(text)
        cleaned = "".join(part if index % 2 else _cut(part, counts) for index, part in enumerate(parts))
        if cleaned == text:
            break
        text = cleaned
    return text, tuple(counts.items())


def _cut(text: str, counts: Counter[str]) -> str:
    kept, position = [], 0
    for start, end, kind in _merged(_found(text)):
        kept += [text[position:start], f"[redacted {kind}]"]
        position = end
        counts[kind] += 1
    return "".join([*kept, text[position:]]) if kept else text


def _found(text: str) -> list[tuple[int, int, str]]:
    """Return the spans that any rule finds, by beginning; of those that begin alike the first rule's comes first."""
    lowered = text.lower()
    spans = [
        (start, end, rule.kind)
        for rule in rules()
        if rule.concerns(text, lowered)
        for start, end in rule.find(text)
        if end > start
    ]
    return sorted(spans, key=lambda span: span[0])


def _merged(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return spans without overlap: those that overlap become one, so that no part of a secret is left."""
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in spans:
        if merged and start < merged[-1][1]:
            before = merged[-1]
            merged[-1] = (before[0], max(before[1], end), before[2])
        else:
            merged.append((start, end, kind))
    return merged
