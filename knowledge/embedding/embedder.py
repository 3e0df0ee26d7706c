"""What turns texts into vectors."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""One row a text, each of length one."""


class Embedder(Protocol):
    """A model that gives texts of like meaning like vectors."""

    @property
    def model_id(self) -> str:
        """Return what tells this model from every other: its vectors never mix with those of another."""

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text; equal texts have equal vectors.

        Raises:
            KnowledgeError: the model cannot be reached or answers nonsense.
        """


def unit(rows: Vectors) -> Vectors:
    """Return rows scaled to length one; a row of zeros stays as it is."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
