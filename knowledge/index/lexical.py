"""BM25 over chunks, by bm25s with English stemming. Kept on disk, rebuilt when the chunks differ."""

from __future__ import annotations

import hashlib
import json
import math
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.index.chunks import Chunk

Scores = npt.NDArray[np.float32]
_FORMAT = "1"
"""Part of the fingerprint: raised when tokens or parameters change."""


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 scores of a query for every chunk, in the order of the chunks it was built from."""

    _retriever: Any
    _stemmer: Any
    _frequency: dict[str, int]
    size: int

    @classmethod
    def build(cls, chunks: list[Chunk]) -> LexicalIndex:
        """Index chunks in memory. At least one chunk is needed."""
        import bm25s

        stemmer = _stemmer()
        texts = [chunk.text for chunk in chunks]
        tokens: Any = bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False)
        if not tokens.vocab:  # not one word anywhere, which bm25s cannot index
            tokens.vocab["∅"] = 0
            tokens.ids[0].append(0)
        retriever = bm25s.BM25(backend="numpy")
        retriever.index(tokens, show_progress=False)
        return cls(retriever, stemmer, _frequencies(tokens), len(chunks))

    @classmethod
    def open(cls, folder: Path, chunks: list[Chunk]) -> LexicalIndex:
        """Load the index from a folder when it holds exactly these chunks; build and save it otherwise."""
        import bm25s

        wanted = fingerprint(chunks)
        try:
            state = json.loads((folder / "state.json").read_text(encoding="utf-8"))
            if state["fingerprint"] == wanted:
                retriever = bm25s.BM25.load(str(folder / wanted), mmap=True)
                return cls(retriever, _stemmer(), state["frequency"], len(chunks))
        except (OSError, ValueError, KeyError):
            pass  # not there, cut short by a crash, or of another version: it is made anew from the files
        index = cls.build(chunks)
        index.save(folder, wanted)
        return index

    def save(self, folder: Path, name: str) -> None:
        """Write the index; `state.json` comes last, so that a crash leaves no half of it in use."""
        shutil.rmtree(folder, ignore_errors=True)
        (folder / name).mkdir(parents=True)
        self._retriever.save(str(folder / name), show_progress=False)
        state = {"fingerprint": name, "frequency": self._frequency}
        (folder / "state.json").write_text(json.dumps(state), encoding="utf-8")

    def words(self, query: str) -> list[str]:
        """Return the stemmed words of a query that occur in any chunk."""
        known = [word for word in tokenize([query], self._stemmer)[0] if word in self._frequency]
        return list(dict.fromkeys(known))

    def scores(self, query: str) -> Scores:
        """Return one BM25 score a chunk; zeros when no word of the query occurs anywhere."""
        words = self.words(query)
        if not words:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._retriever.get_scores(words), dtype=np.float32)

    def weights(self, query: str) -> dict[str, float]:
        """Return every word of a query with its inverse document frequency, words that never occur included.

        Their sum is what a chunk that holds all words once or more could at most gain from their rarity,
        which makes scores of short and long queries comparable.
        """
        return {word: self._rarity(word) for word in tokenize([query], self._stemmer)[0]}

    def common(self, query: str, text: str) -> dict[str, str]:
        """Return the words of a query, as written, whose stem occurs in a text: word → stem."""
        stems = set(tokenize([text], self._stemmer)[0])
        found = {}
        for word in dict.fromkeys(re.findall(r"\b\w\w+\b", query.lower())):
            stem = tokenize([word], self._stemmer)[0]
            if stem and stem[0] in stems:
                found[word] = stem[0]
        return found

    def _rarity(self, word: str) -> float:
        """The BM25 inverse document frequency (Robertson and Zaragoza 2009, in Lucene's form)."""
        frequency = self._frequency.get(word, 0)
        return math.log(1 + (self.size - frequency + 0.5) / (frequency + 0.5))


def tokenize(texts: list[str], stemmer: Any) -> list[list[str]]:
    """Return lower-case, stemmed words without English stop words."""
    import bm25s

    words: list[list[str]] = bm25s.tokenize(
        texts, stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False
    )
    return words


def _frequencies(tokens: Any) -> dict[str, int]:
    """Return in how many texts each word of a tokenized corpus occurs."""
    counts = np.zeros(len(tokens.vocab), dtype=np.int64)
    for ids in tokens.ids:
        counts[list(set(ids))] += 1
    return {word: int(counts[number]) for word, number in tokens.vocab.items() if counts[number]}


def fingerprint(chunks: list[Chunk]) -> str:
    """Return a digest of chunks and their order."""
    digest = hashlib.sha256(_FORMAT.encode())
    for chunk in chunks:
        digest.update(chunk.id.encode())
    return digest.hexdigest()[:40]


def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
