"""Vectors kept between evaluations, by model and text: embedding a corpus takes minutes."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from pathlib import Path

import numpy as np

from knowledge.embedding import Embedder, Vectors


class CachedEmbedder:
    """Asks the wrapped embedder only for texts it has not seen; tells its progress on stderr."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._database = sqlite3.connect(file)
        self._database.execute("create table if not exists vectors (key text primary key, vector blob)")
        self._asked = 0

    @property
    def model_id(self) -> str:
        """Return the wrapped model's id."""
        return self._embedder.model_id

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text."""
        return np.vstack([self._one(text) for text in texts]) if texts else self._embedder.embed([])

    def _one(self, text: str) -> Vectors:
        key = hashlib.sha256(f"{self.model_id}\0{text}".encode("utf-8", "replace")).hexdigest()
        row = self._database.execute("select vector from vectors where key = ?", (key,)).fetchone()
        if row is not None:
            known: Vectors = np.frombuffer(row[0], dtype=np.float32)
            return known
        vector: Vectors = self._embedder.embed([text])[0]
        self._database.execute("insert or replace into vectors values (?, ?)", (key, vector.tobytes()))
        self._asked += 1
        if self._asked % 50 == 0:
            self._database.commit()
            print(f"embedded {self._asked} texts", file=sys.stderr, flush=True)
        return vector

    def close(self) -> None:
        """Keep what was computed."""
        self._database.commit()
        self._database.close()
