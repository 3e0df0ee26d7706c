"""Contextual chunks: a part of one section, headed by title, services and section name.

Symptom, cause and resolution are apart, so that a symptom is compared with symptoms and not with a
mean over a whole report; the heading tells the model what the part is about.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from knowledge.postmortem import Postmortem, Status
from knowledge.postmortem.sections import HEADINGS, NOTES

WORDS = 160
"""Words a chunk: with its heading about 256 tokens, the most that the offline model reads."""
EMBEDDED_NOTES = 4
"""Chunks of the notes that get a vector. The rest (long timelines) is found by its words only: embedding
all of it cost twice the time and changed no hit on 57 paraphrased queries over 432 public postmortems."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n{2,}|\n(?=[-*#|>])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_MARKUP = re.compile(r"[|`*_#>]+|-{3,}|https?://\S+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One unit of retrieval. `id` depends on everything in `text` and on whose it is."""

    id: str
    postmortem_id: str
    section: str
    text: str
    embedded: bool


def chunks_of(postmortem: Postmortem) -> list[Chunk]:
    """Return the chunks of a postmortem; a superseded one has none, since it must not be found."""
    if postmortem.status is Status.SUPERSEDED:
        return []
    context = _context(postmortem)
    found = []
    for section in (*HEADINGS, "notes"):
        parts = split_text(postmortem.section(section))
        name = HEADINGS.get(section, NOTES)
        for number, part in enumerate(parts):
            embedded = section != "notes" or number < EMBEDDED_NOTES
            found.append(_chunk(postmortem.id, section, f"{context}{name}: {part}", embedded))
    return found or [_chunk(postmortem.id, "title", context, embedded=True)]


def split_text(text: str) -> list[str]:
    """Cut Markdown into parts of at most `WORDS` words, at sentence ends where possible."""
    parts: list[str] = []
    current: list[str] = []
    for sentence in _SENTENCE_END.split(text):
        words = _MARKUP.sub(" ", _LINK.sub(r"\1", sentence)).split()
        if current and len(current) + len(words) > WORDS:
            parts.append(" ".join(current))
            current = []
        current += words
        while len(current) > WORDS:
            parts.append(" ".join(current[:WORDS]))
            current = current[WORDS:]
    return parts + ([" ".join(current)] if current else [])


def _context(postmortem: Postmortem) -> str:
    names = ", ".join(dict.fromkeys((*postmortem.services, *postmortem.dependencies)))
    return f"{postmortem.title.rstrip('.')}. " + (f"{names}. " if names else "")


def _chunk(owner: str, section: str, text: str, embedded: bool) -> Chunk:
    digest = hashlib.sha256(f"{owner}\0{section}\0{text}".encode()).hexdigest()
    return Chunk(digest[:40], owner, section, text, embedded)
