"""The knowledge base as a whole: a folder of files and an index of it that is always up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from knowledge.embedding import Embedder, choose_embedder
from knowledge.index import Chunk, LexicalIndex, chunks_of, open_dense
from knowledge.index.dense import Progress
from knowledge.postmortem import Listing, PostmortemFolder, make_cache
from knowledge.retrieval import Searcher
from tools.config import KnowledgeSettings
from tools.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """An open knowledge base.

    Args:
        folder: where the files lie.
        listing: what they hold, and what was skipped.
        searcher: search over exactly this listing.
        added: chunks that got a vector when it was opened.
        dropped: vectors removed when it was opened.
    """

    folder: PostmortemFolder
    listing: Listing
    searcher: Searcher
    added: int
    dropped: int


def knowledge_folder(settings: KnowledgeSettings) -> PostmortemFolder:
    """Return the configured folder, whether or not it exists yet.

    Raises:
        KnowledgeError: none is configured.
    """
    if settings.folder is None:
        remedy = "set knowledge.folder in whydown.toml, WHYDOWN_KNOWLEDGE__FOLDER or --folder"
        raise KnowledgeError("no knowledge folder is configured", remedy)
    return PostmortemFolder(settings.folder)


@contextmanager
def open_knowledge(
    settings: KnowledgeSettings,
    progress: Progress = lambda done, total: None,
    *,
    embedder: Embedder | None = None,
    prune: bool = False,
) -> Iterator[KnowledgeBase]:
    """Open the knowledge base and bring its index up to date: edits are picked up here, by content.

    Args:
        settings: configuration with a folder.
        progress: told how many new chunks have been embedded.
        embedder: another embedder than the configured one.
        prune: drop vectors that no file accounts for on a shared server, too.

    Raises:
        KnowledgeError: the folder is missing, another process keeps the index, or the model cannot be used.
    """
    folder = knowledge_folder(settings)
    listing = folder.read_all()
    postmortems = {postmortem.id: postmortem for postmortem in listing.postmortems()}
    chunks = [chunk for postmortem in postmortems.values() for chunk in chunks_of(postmortem)]
    cache = make_cache(folder.path)
    with open_dense(cache, settings, embedder or choose_embedder(settings)) as dense:
        added, dropped = dense.sync(_distinct(chunks), progress, prune=prune)
        lexical = LexicalIndex.open(cache / "lexical", chunks) if chunks else None
        searcher = Searcher(postmortems, chunks, lexical, dense, settings.half_life_days)
        yield KnowledgeBase(folder, listing, searcher, added, dropped)


def _distinct(chunks: list[Chunk]) -> list[Chunk]:
    return list({chunk.id: chunk for chunk in chunks}.values())
