"""Whether evidence really holds the words that a claim quotes."""

from __future__ import annotations

import re

from tools.evidence import Evidence, EvidenceKind, Sample

MIN_QUOTE = 6
"""Characters below which words are found anywhere."""


def says(item: Evidence, quote: str) -> bool:
    """Tell whether the words stand in one sample of the evidence or in its statement; white space is ignored."""
    return bool(_holding(item, quote)) or _plain(quote) in _plain(item.statement)


def _holding(item: Evidence, quote: str) -> list[Sample]:
    wanted = _plain(quote)
    return [s for s in item.samples if wanted and s.kind != "series" and wanted in _plain(s.text)]


def _plain(text: str) -> str:
    """Return a text without line ends, the marks of a diff at their beginning, and repeated white space."""
    lines = (line[1:] if line[:1] in "+-" and line[:3] not in ("+++", "---") else line for line in text.splitlines())
    return " ".join(" ".join(lines).split())


def is_change(item: Evidence) -> bool:
    """Tell whether evidence is a recorded change, or what was read of one."""
    return item.kind is EvidenceKind.CHANGE or item.subject.kind == "change"


def belongs_to(item: Evidence, service: str, quote: str = "") -> bool:
    """Tell whether what evidence quotes is of a service.

    Telemetry is of the service it comes from. A change or file is of the service that its record names; without
    a record, of one whose name is a part of the path, or a word of the changed text.

    Args:
        item: the evidence.
        service: who is asked about.
        quote: look only at the places that hold these words.
    """
    if item.subject.service:
        return item.subject.service == service
    if not (is_change(item) or item.subject.kind == "file"):
        return False
    samples = _holding(item, quote) if quote else list(item.samples)
    return any(_in_path(service, sample.ref) or _in_text(service, sample.text) for sample in samples)


def _in_path(service: str, path: str) -> bool:
    return any(_stem(part) == _stem(service) for part in re.split(r"[/:\s]", path))


def _in_text(service: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", text) is not None


def _stem(part: str) -> str:
    return part.partition(".")[0].replace("_", "-").casefold()
