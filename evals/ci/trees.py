"""Boosted trees: fitted with scikit-learn, handed on as plain numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.ci.forest import Forest
from tools.ci.view import Floats
from tools.errors import PrerequisiteError

LINE_SETTINGS: dict[str, Any] = {
    "max_iter": 100,
    "learning_rate": 0.08,
    "max_leaf_nodes": 10,
    "min_samples_leaf": 40,
    "l2_regularization": 5.0,
    "max_features": 0.25,
    "max_bins": 63,
}
SEGMENT_SETTINGS: dict[str, Any] = {
    "max_iter": 120,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 60,
    "l2_regularization": 5.0,
    "max_features": 0.3,
    "max_bins": 63,
}


def fit_odds(rows: Floats, target: NDArray[np.bool_], weights: NDArray[np.float64], seed: int) -> Forest:
    """Fit a classifier; its forest gives log odds.

    Raises:
        PrerequisiteError: scikit-learn is not installed.
    """
    model = _ensemble().HistGradientBoostingClassifier(**LINE_SETTINGS, early_stopping=False, random_state=seed)
    return _fitted(model, rows, target, weights)


def fit_value(rows: Floats, target: NDArray[np.float64], weights: NDArray[np.float64], seed: int) -> Forest:
    """Fit a regression.

    Raises:
        PrerequisiteError: scikit-learn is not installed.
    """
    model = _ensemble().HistGradientBoostingRegressor(**SEGMENT_SETTINGS, early_stopping=False, random_state=seed)
    return _fitted(model, rows, target, weights)


def _fitted(model: Any, rows: Floats, target: NDArray[Any], weights: NDArray[np.float64]) -> Forest:
    """Fit with one thread: OpenMP's threads wait for each other actively, which is slow on a busy machine."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="openmp"):
        return to_forest(model.fit(rows, target, sample_weight=weights))


def _ensemble() -> Any:
    try:
        from sklearn import ensemble
    except ImportError as error:
        raise PrerequisiteError("scikit-learn is not installed", "install whydown with its extra evals") from error
    return ensemble


def to_forest(model: Any) -> Forest:
    """Return a fitted histogram gradient boosting model as plain numbers.

    scikit-learn has no public way to read these trees; a test compares both predictions.
    """
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []
    roots: list[int] = []
    depth = 0
    for (tree,) in model._predictors:
        offset = len(feature)
        roots.append(offset)
        for number, node in enumerate(tree.nodes):
            leaf = bool(node["is_leaf"])
            feature.append(0 if leaf else int(node["feature_idx"]))
            threshold.append(0.0 if leaf else float(node["num_threshold"]))
            left.append(offset + (number if leaf else int(node["left"])))
            right.append(offset + (number if leaf else int(node["right"])))
            value.append(_short(node["value"]) if leaf else 0.0)
            depth = max(depth, int(node["depth"]))
    base = _short(np.ravel(model._baseline_prediction)[0])
    return Forest(
        base=base,
        depth=depth,
        roots=tuple(roots),
        feature=tuple(feature),
        threshold=tuple(threshold),
        left=tuple(left),
        right=tuple(right),
        value=tuple(value),
    )


def _short(number: float) -> float:
    """Six significant digits are enough for values; thresholds may equal a feature and stay exact."""
    return float(f"{number:.6g}")
