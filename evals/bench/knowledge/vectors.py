"""Vectors for a hundred thousand chunks in minutes: each is the mean over its words' vectors.

The offline model would take hours for as many texts. Its vectors of single words lie in the same space as those of
queries, so that neighbourhoods are as crowded as real ones; vectors by chance would be equally far from everything.
"""

from __future__ import annotations

import hashlib
import re

import numpy as np

from knowledge.embedding import Embedder, Vectors
from knowledge.embedding.embedder import unit

_KNOWN = 1_500
"""Words that are embedded by the model; others get a vector by chance."""
_WORD = re.compile(r"[a-z]{3,}")


class WordMeans:
    """Approximates a model for many texts; once `exact` is set, asks it."""

    def __init__(self, model: Embedder, sentences: list[str]) -> None:
        self._model = model
        self.exact = False
        words = list(dict.fromkeys(word for text in sentences for word in _WORD.findall(text.lower())))[:_KNOWN]
        self._vectors = dict(zip(words, model.embed(words), strict=True))

    @property
    def model_id(self) -> str:
        """Return a name of its own, since these vectors are no model's."""
        return f"word-means-{self._model.model_id}"

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text."""
        return self._model.embed(texts) if self.exact else unit(np.vstack([self._mean(text) for text in texts]))

    def _mean(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        own = np.random.default_rng(seed).standard_normal(384, dtype=np.float32) / 40
        known = [self._vectors[word] for word in _WORD.findall(text.lower()) if word in self._vectors]
        return np.asarray(own + np.mean(known, axis=0) if known else own, dtype=np.float32)
