"""Made-up postmortems in any number, from real sentences: the same seed gives the same files."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from knowledge.importing import read_sources
from knowledge.postmortem import Postmortem, Status
from tools.faults import FaultKind
from tools.faults.playbooks import playbook

SECTIONS = ("symptoms", "root_cause", "resolution", "notes")
SECTION_WORDS = 400
"""About three chunks."""
_VARIED = 0.25
"""Share of words that another one takes the place of, so that no two texts are alike."""
_RARE = 20_000
"""Made-up names beside the words of the sentences; a name's frequency falls with its number (Zipf's law)."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes texts of about the length that a chunk has."""

    chance: random.Random
    sentences: tuple[str, ...]
    words: tuple[str, ...]
    cumulative: tuple[float, ...]

    @classmethod
    def of(cls, sentences: list[str], seed: int = 7) -> Writer:
        """Return a writer whose words are as frequent as in the sentences, with a tail of names."""
        chance = random.Random(seed)
        known = [word for sentence in sentences for word in sentence.split()]
        names = [f"{chance.choice(known).strip('.,:').lower()}-{number}" for number in range(_RARE)]
        shares = [1.0] * len(known) + [len(known) / 2 / (number + 10) for number in range(_RARE)]
        return cls(chance, tuple(sentences), (*known, *names), tuple(accumulate(shares)))

    def postmortem(self, number: int) -> Postmortem:
        """Return a confirmed postmortem of long sections."""
        sections = {name: self._section() for name in SECTIONS}
        services = tuple(self.chance.choices(self.words[-_RARE:][:300], k=2))
        title = " ".join(self.sentence().split()[:8])
        return Postmortem(id=f"PM-{number}", title=title, status=Status.CONFIRMED, services=services, **sections)

    def sentence(self) -> str:
        """Return a sentence with some words replaced."""
        words = self.chance.choice(self.sentences).split()
        others = iter(self.chance.choices(self.words, cum_weights=self.cumulative, k=len(words)))
        pairs = zip(words, others, strict=True)
        return " ".join(other if self.chance.random() < _VARIED else word for word, other in pairs)

    def _section(self) -> str:
        words, text = 0, []
        while words < SECTION_WORDS:
            text.append(self.sentence())
            words += len(text[-1].split())
        return ". ".join(text)


def sentences_of(path: Path | None) -> list[str]:
    """Return the sentences to vary: those of postmortems, or those of the playbooks that come with whydown.

    Raises:
        FormatError: there is nothing to read.
    """
    if path is None:
        books = [playbook(kind) for kind in FaultKind]
        texts = [text for book in books for text in (book.mechanism, *book.checks, *book.remedies)]
    else:
        understood, _ = read_sources(path)
        texts = [item.postmortem.section(name) for item in understood for name in SECTIONS]
    parts = [part.strip(" .") for text in texts for part in re.split(r"(?<=[.!?;])\s+|\n+", text)]
    return [part for part in parts if 4 <= len(part.split()) <= 60]
