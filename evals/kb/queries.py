"""Queries with a known answer: from a file, or built from the corpus itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from evals.kb.corpus import Document, same_incident
from evals.kb.reword import longest_run, reword, split_words
from tools.errors import FormatError

_SHORTEST = 4
"""Words below which a built query says nothing."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One query and the ids of all documents that answer it; none for a novel incident."""

    text: str
    right: frozenset[str]
    source: str = ""


def build_queries(documents: list[Document]) -> list[Ask]:
    """Return one query a document, from its title and symptoms, see `reword`; some documents give none."""
    same = same_incident(documents)
    asks = []
    for document in documents:
        postmortem = document.postmortem
        text = reword(f"{postmortem.title}\n{postmortem.symptoms}", document.text())
        if len(text.split()) >= _SHORTEST:
            asks.append(Ask(text, same[document.id], document.id))
    return asks


def read_queries(file: Path, documents: list[Document]) -> list[Ask]:
    """Read lines of `{"query": …, "target": …}`; target is a name, a list of equally right ones, or null.

    Raises:
        FormatError: the file cannot be read, a line has another form, or a target is not in the corpus.
    """
    by_name: dict[str, set[str]] = {}
    for document in documents:
        for name in document.names:
            by_name.setdefault(name, set()).add(document.id)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(f"cannot read {file}", str(error)) from error
    asks = [_ask(file, number, line, by_name) for number, line in enumerate(lines, 1) if line.strip()]
    if not asks:
        raise FormatError(f"{file} holds no query", '{"query": "…", "target": "…"} a line')
    return asks


def _ask(file: Path, number: int, line: str, by_name: dict[str, set[str]]) -> Ask:
    try:
        row = json.loads(line)
        text, target = row["query"], row["target"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{file}:{number} is not a query", '{"query": "…", "target": "…"}') from error
    names = [] if target is None else target if isinstance(target, list) else [target]
    unknown = [str(name) for name in names if str(name) not in by_name]
    if unknown:
        raise FormatError(f"{file}:{number} names {unknown[0]!r}, which is not in the corpus", "a relative path or id")
    return Ask(str(text), frozenset(key for name in names for key in by_name[str(name)]))


def overlap(asks: list[Ask], documents: list[Document]) -> dict[str, float]:
    """Return how much the queries share with their targets.

    Returns:
        Median and largest run of words in common, and mean share of query words that the target holds.
    """
    texts = {document.id: document.text() for document in documents}
    runs, shares = [], []
    for ask in asks:
        target = "\n".join(texts[key] for key in sorted(ask.right) if key in texts)
        words = split_words(ask.text)
        if not target or not words:
            continue
        have = set(split_words(target))
        runs.append(longest_run(ask.text, target))
        shares.append(sum(word in have for word in words) / len(words))
    if not runs:
        return {}
    ordered = sorted(runs)
    return {
        "median_run": ordered[len(ordered) // 2],
        "longest_run": ordered[-1],
        "shared_words": round(sum(shares) / len(shares), 3),
    }
