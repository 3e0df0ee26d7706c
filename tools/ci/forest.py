"""Boosted regression trees as plain numbers: read from JSON, evaluated with numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

ROWS = 4_096
"""Rows evaluated at once, so that the work stays in the processor's cache."""


class Forest(BaseModel):
    """A sum of trees. All nodes of all trees stand in one list; a leaf is its own child.

    A row goes left where its feature is at most the threshold. `roots` are node numbers; `depth` is
    the length of the longest path; the prediction is `base` plus the values of the leaves reached.
    """

    model_config = ConfigDict(frozen=True)

    base: float
    depth: int
    roots: tuple[int, ...]
    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return one number a row; shape (n, features) → (n,)."""
        parts = [self._predict(rows[start : start + ROWS]) for start in range(0, len(rows), ROWS)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        feature, threshold = np.array(self.feature), np.array(self.threshold)
        left, right = np.array(self.left), np.array(self.right)
        node = np.broadcast_to(np.array(self.roots), (len(rows), len(self.roots)))
        index = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            node = np.where(rows[index, feature[node]] <= threshold[node], left[node], right[node])
        total: NDArray[np.float64] = self.base + np.array(self.value)[node].sum(axis=1)
        return total
