"""Candidate segments of a log, and the numbers by which they are ranked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.ci.features import distance_on
from tools.ci.grammar import Role
from tools.ci.view import ROLES, Floats, Ints, LogView

LONGEST_SEGMENT = 400
"""Lines a candidate may have: longer ones are lists of failures of which the first few tell the cause."""
STARTS, ENDS, RUNS = 15, 6, 4
"""Starts tried, ends tried for each, and runs tried for each level."""
LEVELS = (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
INSIDE_WEIGHT = 0.4
"""Weight of a line's own log odds against those of the segment's start and end; neighbouring lines are
far from independent, so their sum would drown the boundaries."""
_START_FEATURES = (
    "from_end",
    "exit.next_bad",
    "exit.next",
    "exit.bad_after",
    "exit.bad_before",
    "command.back",
    "errors.before",
    "errors.after",
    "heads.before",
    "heads.after",
    "is.linked",
    "is.repeats",
    "first_seen",
    "indent.prev",
    "gap.before",
    "log_lines",
    "cause.test",
    "cause.compile",
    "cause.lint",
    "cause.infrastructure",
    "is.place",
)
_END_FEATURES = ("gap.after", "indent.next", "alike.next", "command.on")


@dataclass(frozen=True, slots=True)
class LineScores:
    """Log odds that each line lies inside, begins, or ends what a person would mark; shape (n,) each."""

    inside: Floats
    start: Floats
    end: Floats


def candidates(scores: LineScores, view: LogView) -> Ints:
    """Return candidate segments as (first, last) line indices, shape (m, 2), at least one.

    They are the best ends for the best starts, and the runs of lines above a few levels. None crosses
    the end of a command, except as its last line.
    """
    wall = np.minimum(distance_on(view.any_role(Role.EXIT, Role.EXIT_OK, Role.SECTION)), LONGEST_SEGMENT)
    found = _from_starts(scores, wall) | _from_levels(scores)
    return np.array(sorted(found), dtype=np.int64).reshape(-1, 2)


def _from_starts(scores: LineScores, wall: Ints) -> set[tuple[int, int]]:
    sums = _sums(INSIDE_WEIGHT * np.clip(scores.inside, -4, 4))
    found = set()
    for first in np.argsort(-(scores.start + 0.5 * scores.inside), kind="stable")[:STARTS].tolist():
        lasts = np.arange(first, min(first + max(int(wall[first]), 1), scores.end.size))
        worth = scores.end[lasts] + sums[lasts + 1] - sums[first]
        found |= {(first, int(lasts[place])) for place in np.argsort(-worth, kind="stable")[:ENDS]}
    return found


def _from_levels(scores: LineScores) -> set[tuple[int, int]]:
    found = set()
    for level in LEVELS:
        edges = np.diff(np.concatenate([[0], (scores.inside > level).astype(np.int8), [0]]))
        firsts, lasts = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
        runs = [(first, last) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]
        runs = [(first, last) for first, last in runs if last - first < LONGEST_SEGMENT]
        runs.sort(key=lambda run: -float(scores.inside[run[0] : run[1] + 1].max()) - 0.1 * min(run[1] - run[0], 10))
        found.update(runs[:RUNS])
    return found


def _sums(values: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def segment_features(found: Ints, scores: LineScores, view: LogView, names: list[str], features: Floats) -> Floats:
    """Return a matrix of shape (segments, features) for the segment model."""
    first, last = found[:, 0], found[:, 1]
    place = {name: index for index, name in enumerate(names)}
    parts: list[NDArray[Any]] = [
        _score_features(found, scores, view),
        _role_features(found, view),
        features[first][:, [place[name] for name in _START_FEATURES]],
        features[last][:, [place[name] for name in _END_FEATURES]],
    ]
    return np.column_stack(parts).astype(np.float32)


def _score_features(found: Ints, scores: LineScores, view: LogView) -> NDArray[np.float64]:
    first, last = found[:, 0], found[:, 1]
    size = last - first + 1
    inside, start, end = scores.inside, scores.start, scores.end
    total = _between(np.clip(inside, -4, 4), found)
    worth = start[first] + end[last] + INSIDE_WEIGHT * total
    rows: list[NDArray[Any]] = [
        size,
        np.log(size),
        view.at[last] - view.at[first] + 1 - size,
        start[first],
        end[last],
        start[first] - start.max(),
        end[last] - end.max(),
        total,
        total / size,
        _between(1 / (1 + np.exp(-inside)), found),
        _each(found, inside, np.max),
        _each(found, inside, np.min),
        _each(found, inside, np.max) - inside.max(),
        inside[first],
        inside[last],
        worth,
        worth - worth.max(),
        (worth[None, :] > worth[:, None]).sum(axis=1),
        _each(found + np.array([1, 0]), start, np.max),
        _each(found - np.array([0, 1]), end, np.max),
    ]
    for values in (inside, start):
        rows += [_at(values, first - 1), _at(values, first - 2), _at(values, last + 1), _at(values, last + 2)]
    rows += [_at(start, first + 1), _at(end, first - 1), _at(end, last - 1), _at(end, last + 1)]
    return np.column_stack([row.astype(np.float64) for row in rows])


def _role_features(found: Ints, view: LogView) -> NDArray[np.float64]:
    first, last = found[:, 0], found[:, 1]
    size = (last - first + 1)[:, None]
    sums = np.vstack([np.zeros(len(ROLES)), np.cumsum(view.roles, axis=0)])
    held = sums[last + 1] - sums[first]
    padded = np.vstack([view.roles, np.zeros((1, len(ROLES)), dtype=np.bool_)])
    counted = [ROLES.index(role) for role in (Role.HEAD, Role.ERROR, Role.TRACE, Role.SUMMARY, Role.ECHO, Role.PASS)]
    red = _between(view.red.astype(np.float64), found)[:, None] / size
    outside = [padded[np.where(first > 0, first - 1, -1)], padded[last + 1]]
    return np.hstack(
        [held / size, np.minimum(held[:, counted], 10), red, view.roles[first], view.roles[last], *outside]
    )


def _between(values: NDArray[np.floating], found: Ints) -> NDArray[np.float64]:
    sums = _sums(values)
    return sums[found[:, 1] + 1] - sums[found[:, 0]]


def _at(values: Floats, index: Ints) -> Floats:
    """Return values at positions, and a low score beyond the log's ends."""
    inside = (index >= 0) & (index < values.size)
    return np.where(inside, values[np.clip(index, 0, values.size - 1)], np.float32(-5.0))


def _each(found: Ints, values: Floats, summary: Callable[[Floats], float]) -> NDArray[np.float64]:
    """Return a summary of each segment's values; low where the segment is empty."""
    return np.array([summary(values[a : b + 1]) if b >= a else -6.0 for a, b in found.tolist()])
