"""The decisive lines of a CI log: the few whole lines that tell why the run failed.

Three line models give the odds that a line begins, continues and ends what a person would mark; a fourth
ranks candidate segments by the F1 to expect. All four are boosted trees over numbers that describe a line
in its surroundings, fitted by `whydown eval ci PATH --fit FILE` and kept as plain JSON. No text of any log is in them.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from tools.ci.clean import CleanLog
from tools.ci.features import distance_back, distance_on, line_features
from tools.ci.forest import Forest
from tools.ci.grammar import Role
from tools.ci.segments import LineScores, candidates, segment_features
from tools.ci.view import Bools, Floats, LogView, templates_of, view_log

TAIL = 400
"""Last lines that are always scored."""
AROUND = 25
"""Lines scored on both sides of a line that shows failure."""
FREQUENT = 50
"""A failure line whose template occurs more often than this is part of the log's routine."""
UNSCORED = -6.0
KNOWN_PENALTY = 3.0
"""Log odds taken from a line whose template successful runs print too."""


class LineRange(NamedTuple):
    """Lines first..last of a log, both included, counted from 1."""

    first: int
    last: int


class DecisiveModel(BaseModel):
    """The fitted models, and how they were made.

    `repositories` are fingerprints, so that an evaluation can tell which repositories the model has seen.
    """

    model_config = ConfigDict(frozen=True)

    made_by: str
    logs: int
    repositories: tuple[str, ...]
    features: tuple[str, ...]
    inside: Forest
    start: Forest
    end: Forest
    segment: Forest


class Decisive(NamedTuple):
    """The decisive lines, best range first, and the F1 that the model expects of the first, 0..1."""

    ranges: tuple[LineRange, ...]
    expected: float


@cache
def shipped_model() -> DecisiveModel:
    """Return the model that comes with the package."""
    return DecisiveModel.model_validate_json(files("tools.ci").joinpath("decisive.json").read_text(encoding="utf-8"))


def templates_in(log: CleanLog) -> frozenset[str]:
    """Return the line templates of a log, to compare later logs of the same job with."""
    return frozenset(templates_of([line for line in log.lines if line.strip()]))


def find_decisive(log: CleanLog, known: frozenset[str] = frozenset(), model: DecisiveModel | None = None) -> Decisive:
    """Return the decisive lines of a failed job's log.

    Args:
        log: the cleaned log.
        known: templates that earlier successful runs of the same job print as well; may be empty.
        model: the fitted models; None means those that come with the package.

    Returns:
        No range for a log without any text.
    """
    view = view_log(log)
    if not view.texts:
        return Decisive((), 0.0)
    model = model or shipped_model()
    names, features = line_features(view)
    scores = score_lines(view, features, (model.inside, model.start, model.end), known)
    found = candidates(scores, view)
    worth = model.segment.predict(segment_features(found, scores, view, names, features))
    best = int(np.argmax(worth))
    first, last = found[best].tolist()
    chosen = LineRange(int(view.at[first]) + 1, int(view.at[last]) + 1)
    return Decisive((chosen,), float(np.clip(worth[best], 0.0, 1.0)))


def score_lines(
    view: LogView, features: Floats, forests: tuple[Forest, Forest, Forest], known: frozenset[str] = frozenset()
) -> LineScores:
    """Return the log odds of the three line models; UNSCORED for lines far from any sign of failure."""
    rows = np.flatnonzero(worth_scoring(view))
    seen = np.zeros(rows.size)
    if known:
        seen[:] = [template in known for template in templates_of([view.texts[row] for row in rows])]
    found = []
    for forest in forests:
        odds = np.full(len(view.texts), UNSCORED, dtype=np.float32)
        odds[rows] = forest.predict(features[rows]) - KNOWN_PENALTY * seen
        found.append(odds)
    return LineScores(*found)


def worth_scoring(view: LogView) -> Bools:
    """Return which lines are near a sign of failure, or near the end."""
    failing = view.any_role(Role.HEAD, Role.ERROR, Role.MENTION, Role.SUMMARY, Role.TRACE) | view.red
    signs = (failing & (view.count <= FREQUENT)) | view.role(Role.EXIT)
    near = signs | (distance_back(signs) <= AROUND) | (distance_on(signs) <= AROUND)
    near[-TAIL:] = True
    return near
