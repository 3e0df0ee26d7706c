"""Labelled logs as numbers: which lines a person marked, and which lines the models are fitted on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evals.ci.dataset import LabelledLog
from tools.ci.clean import clean_log
from tools.ci.decisive import worth_scoring
from tools.ci.features import line_features
from tools.ci.grammar import Role
from tools.ci.view import Bools, Floats, Ints, LogView, view_log

NEAR, MARKED, FAILING, OTHER = 60, 40, 60, 25
"""Lines of one log that the line models are fitted on: beside the marked lines, marked, other signs of
failure, and any other. Fitting on all would be a hundred times the work for the same boundary."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One log ready for fitting.

    Attributes:
        log: the labels; its text is dropped.
        view: the log's lines.
        names: feature names.
        features: one row a line of the view.
        marked: lines of the view that the person marked, shape (n,).
        chosen: lines of the view to fit on.
    """

    log: LabelledLog
    view: LogView
    names: list[str]
    features: Floats
    marked: Bools
    chosen: Ints


def prepare(log: LabelledLog, seed: int = 0) -> Prepared:
    """Look at one log and choose the lines to fit on."""
    view = view_log(clean_log(log.log))
    names, features = line_features(view)
    marked = (view.at >= log.first - 1) & (view.at <= log.last - 1)
    chosen = _choose(view, marked, np.random.default_rng(seed))
    return Prepared(log.without_text(), view, names, features, marked, chosen)


def _choose(view: LogView, marked: Bools, rng: np.random.Generator) -> Ints:
    hit = np.flatnonzero(marked)
    low, high = (int(hit[0]), int(hit[-1])) if hit.size else (0, -1)
    index = np.arange(marked.size)
    scored = worth_scoring(view) | marked
    near = (index >= low - NEAR // 2) & (index <= high + NEAR // 2) & ~marked
    failing = (view.any_role(Role.HEAD, Role.ERROR, Role.MENTION, Role.TRACE, Role.DETAIL) | view.red) & ~near & ~marked
    ends = marked & ((index < low + MARKED // 2) | (index > high - MARKED // 2))
    groups = ((ends, MARKED), (near, NEAR), (failing, FAILING), (~near & ~failing & ~marked, OTHER))
    picked = [_sample(np.flatnonzero(mask & scored), limit, rng) for mask, limit in groups]
    return np.sort(np.concatenate(picked))


def _sample(index: Ints, limit: int, rng: np.random.Generator) -> Ints:
    return rng.choice(index, limit, replace=False) if index.size > limit else index
