"""One large knowledge base in a process of its own: `python -m evals.bench.knowledge.worker FOLDER CHUNKS [PATH]`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from evals.bench.knowledge.texts import Writer, sentences_of
from evals.bench.knowledge.vectors import WordMeans
from knowledge.base import open_knowledge
from knowledge.embedding.minilm import MiniLm
from knowledge.index import chunks_of
from knowledge.postmortem import PostmortemFolder, render_postmortem
from knowledge.retrieval import Query
from tools.config import KnowledgeSettings

Result = TypeVar("Result")
_QUERIES = 100
_EMBEDDED = 30


class KnowledgeCost(BaseModel):
    """What a knowledge base costs: chunks, texts a second of the offline model, seconds, milliseconds, MB on disk."""

    postmortems: int
    chunks: int
    embedded_per_s: float
    index_s: float
    reopen_s: float
    search_ms: float
    search_p95_ms: float
    words_ms: float
    meaning_ms: float
    model_ms: float
    disk_mb: float


def measure(folder: Path, wanted: int, texts: Path | None) -> KnowledgeCost:
    """Write, index, open again, and search with the offline model."""
    sentences = sentences_of(texts)
    writer = Writer.of(sentences)
    postmortems = write(PostmortemFolder(folder), writer, wanted)
    settings = KnowledgeSettings(folder=folder)
    model = MiniLm()
    embedder = WordMeans(model, sentences)
    index_s, added = _timed(partial(_open, settings, embedder))
    reopen_s, _ = _timed(partial(_open, settings, embedder))
    embedder.exact = True
    queries = [" ".join(writer.sentence().split()[:12]) for _ in range(_QUERIES)]
    with open_knowledge(settings, embedder=embedder) as base:
        chunk_texts = [chunk.text for pm in base.listing.postmortems()[:3] for chunk in chunks_of(pm)][:_EMBEDDED]
        both = _each(lambda text: base.searcher.search(Query(text)), queries)
        by_words = _each(lambda text: base.searcher.search(Query(text), method="bm25"), queries)
        by_meaning = _each(lambda text: base.searcher.search(Query(text), method="dense"), queries)
    embedding_s, _ = _timed(partial(model.embed, chunk_texts))
    return KnowledgeCost(
        postmortems=postmortems,
        chunks=added,
        embedded_per_s=len(chunk_texts) / embedding_s,
        index_s=index_s,
        reopen_s=reopen_s,
        search_ms=_median(both),
        search_p95_ms=sorted(both)[int(0.95 * _QUERIES)],
        words_ms=_median(by_words),
        meaning_ms=_median(by_meaning),
        model_ms=_median(_each(lambda text: model.embed([text]), queries)),
        disk_mb=sum(path.stat().st_size for path in (folder / ".index").rglob("*") if path.is_file()) / 1e6,
    )


def write(folder: PostmortemFolder, writer: Writer, wanted: int) -> int:
    """Write postmortems until they have as many chunks as wanted; return how many postmortems."""
    folder.path.mkdir(parents=True, exist_ok=True)
    chunks = number = 0
    while chunks < wanted:
        number += 1
        postmortem = writer.postmortem(number)
        chunks += len(chunks_of(postmortem))
        # not by the folder's own write, which forces each file to disk: that is not what is measured
        (folder.path / f"{postmortem.id}.md").write_text(render_postmortem(postmortem), encoding="utf-8")
    return number


def _open(settings: KnowledgeSettings, embedder: WordMeans) -> int:
    with open_knowledge(settings, embedder=embedder) as base:
        return base.added


def _timed(action: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def _each(action: Callable[[str], object], texts: list[str]) -> list[float]:
    """Return milliseconds of each; the first is done once before, so that nothing is loaded while it is timed."""
    action(texts[0])
    return [1000 * _timed(partial(action, text))[0] for text in texts]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def main(arguments: list[str]) -> None:
    """Measure and print as JSON."""
    folder, chunks, *texts = arguments
    print(measure(Path(folder), int(chunks), Path(texts[0]) if texts else None).model_dump_json())


if __name__ == "__main__":
    main(sys.argv[1:])
