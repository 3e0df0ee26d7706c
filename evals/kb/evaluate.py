"""The whole measure: index a corpus in a scratch folder, ask, score."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from evals.kb.ask import Answer, ask_all
from evals.kb.cache import CachedEmbedder
from evals.kb.corpus import Document, load_corpus
from evals.kb.queries import Ask, build_queries, overlap, read_queries
from evals.kb.score import Score, score
from knowledge.base import open_knowledge
from knowledge.embedding import Embedder, choose_embedder
from knowledge.postmortem import PostmortemFolder
from knowledge.retrieval import METHODS, Method, Searcher
from tools.config import KnowledgeSettings

SHIPPED: tuple[Method, ...] = ("fused", "boosted")
"""Methods whose sureness is the strength, so that the shipped threshold applies."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One set of queries against one index.

    Args:
        name: what is asked against what.
        overlap: how much queries and targets share, see `queries.overlap`.
        scores: numbers by method.
        asks: the queries.
        answers: answers by method.
    """

    name: str
    overlap: dict[str, float]
    scores: dict[Method, Score]
    asks: list[Ask] = field(repr=False)
    answers: dict[Method, list[Answer]] = field(repr=False)

    def as_json(self) -> dict[str, object]:
        """Return overlap and numbers, rounded."""
        rounded = {
            method: {key: _rounded(value) for key, value in asdict(item).items()}
            for method, item in self.scores.items()
        }
        return {"overlap": self.overlap, "methods": rounded}


def evaluate(path: Path, queries: Path | None, settings: KnowledgeSettings, cache: Path) -> list[Measure]:
    """Measure retrieval on a corpus.

    With a query file, once: its queries against the whole corpus. Without, twice: queries built from title and
    symptoms against the whole corpus (`reworded`), and against an index that title and symptoms of every
    document are left out of (`left_out`). How thresholds are fitted, and what is novel, see `score`.

    Args:
        path: Markdown or JSON lines, a file or a folder.
        queries: a file of `{"query", "target"}` lines.
        settings: which embedder to use.
        cache: file that keeps vectors between evaluations.

    Raises:
        FormatError: corpus or queries cannot be read.
        KnowledgeError: the embedder cannot be used.
    """
    documents = load_corpus(path)
    embedder = CachedEmbedder(choose_embedder(settings), cache)
    try:
        if queries is not None:
            asks = read_queries(queries, documents)
            return [measure("queries", documents, asks, embedder)]
        asks = build_queries(documents)
        return [
            measure("reworded", documents, asks, embedder),
            measure("left_out", [without_symptoms(item) for item in documents], asks, embedder),
        ]
    finally:
        embedder.close()


def without_symptoms(document: Document) -> Document:
    """Return a document without the fields that its query was built from."""
    bare = document.postmortem.model_copy(update={"title": "Incident", "symptoms": ""})
    return Document(document.id, document.names, bare)


def measure(
    name: str,
    indexed: list[Document],
    asks: list[Ask],
    embedder: Embedder,
) -> Measure:
    """Ask every query with every method."""
    answers: dict[Method, list[Answer]] = {}
    with indexed_in_scratch(indexed, embedder) as searcher:
        for method in METHODS:
            answers[method] = ask_all(searcher, asks, method)
            print(f"{name}: asked {len(asks)} queries by {method}", file=sys.stderr, flush=True)
    scores = {method: score(asks, given, shipped=method in SHIPPED) for method, given in answers.items()}
    return Measure(name, overlap(asks, indexed), scores, asks, answers)


@contextmanager
def indexed_in_scratch(documents: list[Document], embedder: Embedder) -> Iterator[Searcher]:
    """Write documents into a temporary knowledge folder and open it."""
    with tempfile.TemporaryDirectory(prefix="whydown-kb-") as scratch:
        folder = PostmortemFolder(Path(scratch))
        for document in documents:
            folder.write(document.postmortem)
        with open_knowledge(KnowledgeSettings(folder=folder.path), embedder=embedder) as base:
            yield base.searcher


def _rounded(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value
