"""The postmortems to search, with every name by which a query file may refer to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.importing import read_sources
from knowledge.postmortem import Postmortem, Status

_SAME = 0.8
"""Share of the shorter text's five-word runs found in the other, from which two are reports of one incident."""


@dataclass(frozen=True, slots=True)
class Document:
    """One postmortem under an id of its own (`D1`, `D2`, …) and the names that its source has."""

    id: str
    names: tuple[str, ...]
    postmortem: Postmortem

    def text(self) -> str:
        """Return everything that is indexed of it."""
        pm = self.postmortem
        parts = (pm.title, ", ".join(pm.services), pm.symptoms, pm.root_cause, pm.resolution, pm.validation, pm.notes)
        return "\n".join(parts)


def load_corpus(path: Path) -> list[Document]:
    """Import a folder or file as confirmed postmortems.

    Raises:
        FormatError: there is nothing to read.
    """
    understood, _ = read_sources(path)
    documents = []
    for number, item in enumerate(understood, 1):
        stem = re.sub(r"\.\w+$", "", item.source)
        names = (*item.names, stem, item.postmortem.id)
        postmortem = item.postmortem.model_copy(update={"id": f"D{number}", "status": Status.CONFIRMED})
        documents.append(Document(f"D{number}", tuple(dict.fromkeys(names)), postmortem))
    return documents


def same_incident(documents: list[Document]) -> dict[str, frozenset[str]]:
    """Return for each id all ids that report the same incident, itself included.

    Providers publish one report under several products; whichever is found is right. Two documents are the
    same when most five-word runs of the shorter occur in the longer.
    """
    runs = {document.id: five_word_runs(document.text()) for document in documents}
    holders: dict[tuple[str, ...], list[str]] = {}
    for key, found in runs.items():
        for run in found:
            holders.setdefault(run, []).append(key)
    common: dict[tuple[str, str], int] = {}
    for keys in holders.values():
        for first in keys if len(keys) < 10 else ():
            for second in keys:
                if first < second:
                    common[first, second] = common.get((first, second), 0) + 1
    same: dict[str, set[str]] = {document.id: {document.id} for document in documents}
    for (first, second), count in common.items():
        if count >= _SAME * max(1, min(len(runs[first]), len(runs[second]))):
            same[first].add(second)
            same[second].add(first)
    return {key: frozenset(group) for key, group in same.items()}


def five_word_runs(text: str) -> set[tuple[str, ...]]:
    """Return all runs of five words, in lower case."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return set(zip(*(words[start:] for start in range(5)), strict=False))
