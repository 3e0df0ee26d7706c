"""Vectors of chunks in Chroma: embedded under a lock, or on a server that a team shares."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from knowledge.embedding import Embedder, Vectors
from knowledge.index.chunks import Chunk
from tools.config import KnowledgeSettings
from tools.errors import KnowledgeError
from tools.redact import redact

Progress = Callable[[int, int], None]
"""Told how many chunks have a vector now, of how many that had none."""
_BATCH = 16
"""Chunks embedded between two looks at the clock."""
_WRITE = 512
"""Chunks written at once at most: larger writes cost less a chunk (2,000 took 4.8 s by 16, 2.3 s by 256, once)."""
_WRITE_SECONDS = 5.0
"""Time between two writes of a slow model: what an interruption costs at most."""
_PAGE = 5_000
_EF_SEARCH = 200
"""Candidates that HNSW keeps; twice the most that is ever asked for."""


@dataclass(frozen=True, slots=True)
class DenseHit:
    """A chunk near the query and the cosine of the angle between them."""

    chunk_id: str
    similarity: float


@contextmanager
def open_dense(cache: Path, settings: KnowledgeSettings, embedder: Embedder) -> Iterator[DenseIndex]:
    """Open the vectors of one model.

    Embedded Chroma is neither safe nor up to date when two processes use one folder (measured: two
    writers lost 201 of 6,000 vectors), so an embedded index is held under a lock as long as it is open.

    Raises:
        KnowledgeError: another process keeps the index, or the server does not answer.
    """
    if settings.chroma_url:
        with _server(settings) as client:
            yield DenseIndex(_collection(client, settings.collection, embedder), embedder, shared=True)
        return
    with _locked(cache / "index.lock", settings.lock_seconds):
        client, collection = _open_embedded(cache, settings.collection, embedder)
        try:
            yield DenseIndex(collection, embedder, shared=False)
        finally:
            client.close()


class DenseIndex:
    """The vectors of one model in one collection."""

    def __init__(self, collection: Any, embedder: Embedder, *, shared: bool) -> None:
        self._collection = collection
        self._embedder = embedder
        self._shared = shared

    def sync(self, chunks: list[Chunk], progress: Progress, *, prune: bool = False) -> tuple[int, int]:
        """Embed what has no vector yet and drop what is no longer there.

        On a shared server nothing is dropped unless `prune` says so: a colleague's checkout may be ahead.
        Leftovers do no harm, since hits without a chunk are ignored.

        Returns:
            How many vectors were added and dropped.
        """
        wanted = {chunk.id: chunk for chunk in chunks if chunk.embedded}
        present = self._ids()
        stale = sorted(present - wanted.keys()) if prune or not self._shared else []
        for start in range(0, len(stale), _PAGE):
            self._collection.delete(ids=stale[start : start + _PAGE])
        missing = [chunk for key, chunk in wanted.items() if key not in present]
        self._embed(missing, progress)
        return len(missing), len(stale)

    def search(self, text: str, count: int) -> list[DenseHit]:
        """Return the chunks nearest to a text, nearest first."""
        have = self._collection.count()
        if not have:
            return []
        found = self._collection.query(query_texts=[text], n_results=min(count, have), include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [DenseHit(key, 1.0 - float(distance)) for key, distance in pairs]

    def _embed(self, missing: list[Chunk], progress: Progress) -> None:
        """Embed and write in turns, so that the next run goes on where this one was interrupted."""
        written, started = 0, time.monotonic()
        texts: list[str] = []
        vectors: list[Vectors] = []
        for start in range(0, len(missing), _BATCH):
            batch = [redact(chunk.text).text for chunk in missing[start : start + _BATCH]]  # may go to a server
            texts += batch
            vectors.append(self._embedder.embed(batch))
            full = len(texts) >= _WRITE or time.monotonic() - started >= _WRITE_SECONDS
            if full or written + len(texts) == len(missing):
                self._add(missing[written : written + len(texts)], texts, np.vstack(vectors))
                written += len(texts)
                texts, vectors, started = [], [], time.monotonic()
            progress(start + len(batch), len(missing))

    def _add(self, chunks: list[Chunk], texts: list[str], vectors: Vectors) -> None:
        self._collection.upsert(
            ids=[chunk.id for chunk in chunks],
            embeddings=vectors,
            documents=texts,
            metadatas=[{"postmortem": chunk.postmortem_id, "section": chunk.section} for chunk in chunks],
        )

    def _ids(self) -> set[str]:
        found: set[str] = set()
        while True:
            page = self._collection.get(include=[], limit=_PAGE, offset=len(found))["ids"]
            found.update(page)
            if len(page) < _PAGE:
                return found


def collection_name(prefix: str, model_id: str) -> str:
    """Return the collection's name: prefix and model, in the characters and length that Chroma allows."""
    plain = re.sub(r"[^a-zA-Z0-9]+", "-", f"{prefix}--{model_id}").strip("-")
    return plain[:120] if len(plain) >= 3 else f"kb-{plain}"


def _collection(client: Any, prefix: str, embedder: Embedder) -> Any:
    from knowledge.embedding.chroma import WhydownEmbedding

    return client.get_or_create_collection(
        collection_name(prefix, embedder.model_id),
        embedding_function=WhydownEmbedding(embedder),
        configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
    )


def _open_embedded(cache: Path, prefix: str, embedder: Embedder) -> tuple[Any, Any]:
    """Open the folder's database; one that a crash has broken is thrown away and started anew.

    The new one has a name of its own: within a process Chroma remembers a path that failed.
    """
    existing = sorted(cache.glob("chroma-*"), key=lambda path: int(path.name.partition("-")[2]))
    path = existing[-1] if existing else cache / "chroma-1"
    try:
        return _opened(path, prefix, embedder)
    except _failures():
        shutil.rmtree(path, ignore_errors=True)
    anew = cache / f"chroma-{int(path.name.partition('-')[2]) + 1}"
    try:
        return _opened(anew, prefix, embedder)
    except _failures() as error:
        raise KnowledgeError(f"cannot make an index in {anew}", str(error).splitlines()[0][:200]) from error


def _failures() -> tuple[type[Exception], ...]:
    """Return what a broken database raises; AttributeError is Chroma tidying up a client that never started."""
    from chromadb.errors import ChromaError

    return ChromaError, ValueError, OSError, AttributeError


def _opened(path: Path, prefix: str, embedder: Embedder) -> tuple[Any, Any]:
    """Open and try a query: damage of the vector files shows there and not before."""
    import chromadb
    from chromadb.config import Settings

    client: Any = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
    try:
        collection = _collection(client, prefix, embedder)
        sample = collection.get(include=["embeddings"], limit=1)["embeddings"]
        if len(sample):
            collection.query(query_embeddings=sample, n_results=1, include=["distances"])
    except _failures():
        client.close()
        raise
    return client, collection


@contextmanager
def _server(settings: KnowledgeSettings) -> Iterator[Any]:
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield _connect(settings)
    except (ChromaError, httpx.HTTPError) as error:
        raise _no_server(settings, error) from error


def _connect(settings: KnowledgeSettings) -> Any:
    import chromadb
    import httpx
    from chromadb.config import Settings

    url = httpx.URL(settings.chroma_url)
    token = settings.chroma_token.get_secret_value()
    try:
        return chromadb.HttpClient(
            host=url.host,
            port=url.port or (443 if url.scheme == "https" else 80),
            ssl=url.scheme == "https",
            headers={"Authorization": f"Bearer {token}"} if token else None,
            settings=Settings(anonymized_telemetry=False),
        )
    except ValueError as error:  # Chroma's word for "nobody listens there"
        raise _no_server(settings, error) from error


def _no_server(settings: KnowledgeSettings, error: Exception) -> KnowledgeError:
    problem = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return KnowledgeError(f"the Chroma server {settings.chroma_url} does not answer", problem)


@contextmanager
def _locked(path: Path, seconds: float) -> Iterator[None]:
    lock = FileLock(path, timeout=seconds)
    try:
        lock.acquire()
    except Timeout as error:
        remedy = "wait for it, or share a server: `chroma run` and knowledge.chroma_url"
        raise KnowledgeError(f"another process keeps the index {path.parent}", remedy) from error
    try:
        yield
    finally:
        lock.release()
