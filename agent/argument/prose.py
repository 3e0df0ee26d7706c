"""The model's own words: shown apart as unverified, without what only quoted evidence may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tools.evidence import Evidence

SENTENCES, CHARACTERS = 5, 300
"""Sentences shown at most, and characters of each."""
RUN = 5
"""Words in a row that, if they are those of telemetry too, are a quotation without quotation marks."""
_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\w+")
_NOT_PROSE = re.compile(
    r"://|\bwww\.|\S@\S|`|\$\(|&&|\|\s*\w+|\bsudo\b|\bcurl\b|\bwget\b|\bkubectl\b|\bchmod\b|\bbash\b|\bpowershell\b"
    r"|\brm\s+-|\bsh\s+-c\b|\bgit\s+\w+\s|\bdocker\s+\w+\s|<\w",
    re.IGNORECASE,
)
"""Addresses, commands and markup: nobody should follow those that a model writes."""


def shown_prose(text: str, evidence: Iterable[Evidence]) -> tuple[tuple[str, ...], int]:
    """Return the sentences that may be shown, and how many were left out, see `Prose`."""
    return Prose(evidence).shown(text)


class Prose:
    """Tells which sentences of a model may be shown beside some evidence.

    A sentence is left out when it holds an address or a command, or repeats text of the system under
    investigation word for word.
    """

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._known = {run for words in map(_words, _foreign(evidence)) for run in _runs(words)}

    def shown(self, text: str, *, whole: bool = True) -> tuple[tuple[str, ...], int]:
        """Return the sentences that may be shown, and how many were left out.

        Args:
            text: the model's words.
            whole: False while the text still arrives: its last sentence may not be complete.
        """
        shown: list[str] = []
        withheld = 0
        sentences = [part.strip() for part in _END.split(text[: 20 * CHARACTERS])]
        for sentence in filter(None, sentences if whole else sentences[:-1]):
            repeats = self._known & set(_runs(_words(sentence)))
            if len(shown) == SENTENCES or _NOT_PROSE.search(sentence) or repeats:
                withheld += 1
            else:
                shown.append(sentence if len(sentence) <= CHARACTERS else sentence[: CHARACTERS - 1] + "…")
        return tuple(shown), withheld


def _foreign(evidence: Iterable[Evidence]) -> Iterable[str]:
    """Yield what the system under investigation wrote itself."""
    for item in evidence:
        yield from (sample.text for sample in item.samples)
        yield from (item.subject.name, item.subject.operation, item.subject.pod, item.subject.service)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)]
