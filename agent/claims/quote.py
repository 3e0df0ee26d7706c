"""Whether evidence really holds the words that a claim quotes."""

from __future__ import annotations

import re
from typing import Literal

from tools.evidence import Evidence, EvidenceKind, Sample

MIN_QUOTE = 6
"""Characters below which words are found anywhere."""


def says(item: Evidence, quote: str) -> bool:
    """Tell whether the words stand in one sample of the evidence or in its statement; white space is ignored."""
    return bool(holding(item, quote)) or _plain(quote) in _plain(item.statement)


def holding(item: Evidence, quote: str) -> list[Sample]:
    """Return the samples of evidence that hold the words."""
    wanted = _plain(quote)
    return [s for s in item.samples if wanted and s.kind != "series" and wanted in _plain(s.text)]


def _plain(text: str) -> str:
    """Return a text without line ends, the marks of a diff at their beginning, and repeated white space."""
    lines = (line[1:] if line[:1] in "+-" and line[:3] not in ("+++", "---") else line for line in text.splitlines())
    return " ".join(" ".join(lines).split())


def is_change(item: Evidence) -> bool:
    """Tell whether evidence is a recorded change, or what was read of one."""
    return item.kind in {EvidenceKind.CHANGE, EvidenceKind.CI_CHANGE} or item.subject.kind == "change"


def changed_words(item: Evidence, quote: str) -> Literal["added", "removed", ""]:
    """Tell on which side of a diff the words stand; empty where they are only near a change."""
    wanted = _plain(quote)
    for side, mark in (("added", "+"), ("removed", "-")):
        for sample in item.samples:
            lines = [line for line in sample.text.splitlines() if line.startswith(mark)]
            if sample.kind == "change" and wanted and wanted in _plain("\n".join(lines)):
                return "added" if side == "added" else "removed"
    return ""


def belongs_to(item: Evidence, service: str, quote: str = "") -> bool:
    """Tell whether what evidence quotes is of a service.

    Telemetry is of the service it comes from. A change or file is of the service that its record names; without
    a record, of one whose name is a part of the path, or a word of the changed text. What a job or test of a CI run
    printed is of that job or test, and a changed file is itself a component there.

    Args:
        item: the evidence.
        service: who is asked about.
        quote: look only at the places that hold these words.
    """
    if item.subject.service:
        return item.subject.service == service
    if item.subject.kind in {"job", "test"}:
        return item.subject.name == service and (not quote or _printed(item, quote))
    if not (is_change(item) or item.subject.kind == "file"):
        return False
    samples = holding(item, quote) if quote else list(item.samples)
    return any(
        service == sample.ref or _in_path(service, sample.ref) or _in_text(service, sample.text) for sample in samples
    )


def _printed(item: Evidence, quote: str) -> bool:
    """Tell whether a job or test printed the words: of a statement only what stands after the colon is not ours."""
    return bool(holding(item, quote)) or _plain(quote) in _plain(item.statement.partition(": ")[2])


def _in_path(service: str, path: str) -> bool:
    return any(_stem(part) == _stem(service) for part in re.split(r"[/:\s]", path))


def _in_text(service: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", text) is not None


def _stem(part: str) -> str:
    return part.partition(".")[0].replace("_", "-").casefold()
