"""Speed and size of the knowledge base: `python -m evals.kb.bench [CHUNKS]`. Made-up texts, real index, real model.

Vectors of the large index are random, since embedding 100,000 texts takes hours on two cores and search
time does not depend on what the numbers mean; the rate of the real model is measured apart.
"""

from __future__ import annotations

import hashlib
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from knowledge.base import open_knowledge
from knowledge.embedding.embedder import Vectors, unit
from knowledge.embedding.minilm import MiniLm
from knowledge.index.chunks import WORDS
from knowledge.postmortem import Postmortem, PostmortemFolder, Status
from knowledge.retrieval import Query
from tools.config import KnowledgeSettings

_SECTIONS = 4
_PARTS = 3
"""Chunks a section."""
_QUERIES = 100


class RandomEmbedder:
    """Gives every text a random unit vector of the offline model's size, always the same one."""

    model_id = "random"

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text."""
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(384, dtype=np.float32) for seed in seeds]
        return unit(np.vstack(rows))


def main() -> None:
    """Measure and print."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(7)
    words = [f"w{chance.randrange(10**6):06d}" for _ in range(30_000)]
    with tempfile.TemporaryDirectory(prefix="whydown-bench-") as scratch:
        settings = KnowledgeSettings(folder=Path(scratch))
        write(PostmortemFolder(Path(scratch)), words, wanted // _SECTIONS // _PARTS, chance)
        started = time.perf_counter()
        with open_knowledge(settings, embedder=RandomEmbedder()) as base:
            indexed = time.perf_counter() - started
            queries = [" ".join(chance.choices(words, k=12)) for _ in range(_QUERIES)]
            seconds = sorted(_timed(partial(base.searcher.search, Query(text))) for text in queries)
            rate = base.added / indexed
            print(f"{base.added} chunks indexed in {indexed:.0f} s without the model, {rate:.0f} a second")
    print(f"search: median {1000 * seconds[_QUERIES // 2]:.1f} ms, p95 {1000 * seconds[int(0.95 * _QUERIES)]:.1f} ms")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    model = MiniLm()
    model.embed(["warm up"])
    texts = [" ".join(chance.choices(words, k=60)) for _ in range(20)]
    print(f"offline model: {len(texts) / _timed(lambda: model.embed(texts)):.1f} chunks a second at 256 tokens")


def write(folder: PostmortemFolder, words: list[str], count: int, chance: random.Random) -> None:
    """Write made-up postmortems of `_PARTS` chunks a section."""
    for number in range(1, count + 1):
        texts = [" ".join(chance.choices(words, k=WORDS * _PARTS)) for _ in range(_SECTIONS)]
        folder.write(
            Postmortem(
                id=f"PM-{number}",
                title=" ".join(chance.choices(words, k=5)),
                status=Status.CONFIRMED,
                services=(chance.choice(words[:200]),),
                symptoms=texts[0],
                root_cause=texts[1],
                resolution=texts[2],
                validation=texts[3],
            )
        )


def _timed(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
