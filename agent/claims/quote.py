"""Whether evidence really holds the words that a claim quotes."""

from __future__ import annotations

import re

from tools.evidence import Evidence, EvidenceKind

MIN_QUOTE = 6
"""Characters below which words are found anywhere."""


def says(item: Evidence, quote: str) -> bool:
    """Tell whether the words stand in one sample of the evidence or in its statement; white space is ignored."""
    wanted = _plain(quote)
    texts = [sample.text for sample in item.samples if sample.kind != "series"] + [item.statement]
    return bool(wanted) and any(wanted in _plain(text) for text in texts)


def _plain(text: str) -> str:
    """Return a text without line ends, the marks of a diff at their beginning, and repeated white space."""
    lines = (line[1:] if line[:1] in "+-" and line[:3] not in ("+++", "---") else line for line in text.splitlines())
    return " ".join(" ".join(lines).split())


def is_change(item: Evidence) -> bool:
    """Tell whether evidence is a recorded change, or what was read of one."""
    return item.kind is EvidenceKind.CHANGE or item.subject.kind == "change"


def belongs_to(item: Evidence, service: str) -> bool:
    """Tell whether a change is one of a service: its record says so, it touched a path of that name, or names it."""
    if item.subject.service:
        return item.subject.service == service
    paths = " ".join(sample.ref for sample in item.samples)
    if any(_stem(part) == _stem(service) for part in re.split(r"[/:\s]", paths)):
        return True
    texts = " ".join(sample.text for sample in item.samples)
    return re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", texts) is not None


def _stem(part: str) -> str:
    return part.partition(".")[0].replace("_", "-").casefold()
