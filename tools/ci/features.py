"""Numbers that describe each line of a log within its surroundings; the input of the line models.

Distances and windows are counted in lines that are not blank, so that logs whose tool prints an empty
line after each line look like any other.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from tools.ci.grammar import LONGEST, Cause, Role
from tools.ci.view import ROLES, SHAPES, Bools, Floats, Ints, LogView

NEVER = 1_000_000
"""Distance to something that is not there."""
WINDOWS = {"p1": (-1, -1), "n1": (1, 1), "p3": (-4, -2), "n3": (2, 4), "p12": (-12, -5), "n12": (5, 12)}
_DISTANT = ("head", "error", "trace", "summary", "banner", "echo", "detail", "pass", "gap", "red", "mention", "linked")
_IN_BLOCK = ("head", "error", "trace", "summary", "echo", "detail", "mention", "pass", "red", "warning")
_INFRASTRUCTURE = (Cause.NETWORK, Cause.CHECKOUT, Cause.TIMEOUT, Cause.MEMORY, Cause.DISK, Cause.RUNNER)
_NAME = re.compile(r"[A-Za-z_][\w./:#-]{5,}\w|#?\d{4,}")
_LINK_LINES = 4_000
"""Failure lines, from the end, among which repeated names are looked for."""


def line_features(view: LogView) -> tuple[list[str], Floats]:
    """Return feature names and a matrix of shape (lines that are not blank, features)."""
    columns: dict[str, NDArray[np.generic]] = {}
    channels = _channels(view)
    columns.update({f"is.{name}": values for name, values in channels.items()})
    columns.update({f"cause.{cause}": view.any_cause(cause) for cause in (Cause.TEST, Cause.COMPILE, Cause.LINT)})
    columns["cause.missing"] = view.any_cause(Cause.MISSING)
    columns["cause.infrastructure"] = view.any_cause(*_INFRASTRUCTURE)
    columns.update({f"shape.{name}": view.shape[:, index] for index, name in enumerate(SHAPES)})
    columns["repeat"] = np.log1p(view.count)
    columns.update(_neighbours(view))
    columns.update(_position(view))
    columns.update(_sections(view))
    for name, values in channels.items():
        columns.update({f"{name}.{window}": counted for window, counted in _windows(values).items()})
    for name in _DISTANT:
        columns[f"{name}.prev"] = _log_distance(distance_back(channels[name]))
        columns[f"{name}.next"] = _log_distance(distance_on(channels[name]))
    columns.update(_blocks(view, channels))
    return list(columns), np.column_stack(list(columns.values())).astype(np.float32)


def _channels(view: LogView) -> dict[str, Bools]:
    channels: dict[str, Bools] = {str(role): view.roles[:, index] for index, role in enumerate(ROLES)}
    later, earlier = _links(view)
    channels["red"] = view.red
    channels["rare"] = view.count <= 2
    channels["place"] = view.shape[:, SHAPES.index("place")] > 0
    channels["indented"] = view.shape[:, SHAPES.index("indent")] > 0
    channels["gap"] = hard_gaps(view)
    channels["linked"] = later
    channels["repeats"] = earlier
    return channels


def hard_gaps(view: LogView) -> Bools:
    """Return before which lines a blank line separates.

    Where nearly every line is followed by a blank one, only two blank lines in a row separate.
    """
    gaps = np.diff(view.at, prepend=-1) - 1
    sums = np.concatenate([[0], np.cumsum(gaps > 0)])
    index = np.arange(gaps.size)
    low, high = np.maximum(index - 15, 0), np.minimum(index + 16, gaps.size)
    spread = sums[high] - sums[low] > 0.7 * (high - low)
    separated: Bools = np.where(spread, gaps > 1, gaps > 0)
    return separated


def distance_back(mask: Bools) -> Ints:
    """Return how many lines before each line the last marked one is; NEVER when there is none."""
    index = np.arange(mask.size)
    last = np.maximum.accumulate(np.where(mask, index, -NEVER))
    distance: Ints = np.minimum(index - np.concatenate([[-NEVER], last[:-1]])[: mask.size], NEVER)
    return distance


def distance_on(mask: Bools) -> Ints:
    """Return how many lines after each line the next marked one is; NEVER when there is none."""
    return distance_back(mask[::-1])[::-1]


def _log_distance(distance: Ints, cap: int = 500) -> Floats:
    return np.log1p(np.minimum(distance, cap)).astype(np.float32)


def _windows(mask: Bools) -> dict[str, Floats]:
    sums = np.concatenate([[0.0], np.cumsum(mask, dtype=np.float64)])
    index = np.arange(mask.size)
    found = {}
    for name, (first, last) in WINDOWS.items():
        low, high = np.clip(index + first, 0, mask.size), np.clip(index + last + 1, 0, mask.size)
        found[name] = (sums[high] - sums[low]).astype(np.float32)
    return found


def _neighbours(view: LogView) -> dict[str, NDArray[np.generic]]:
    """Return how a line resembles the lines beside it: lists and traces go on with like lines."""
    words = np.array([text.split(None, 1)[0][:12] for text in view.texts])
    alike = np.concatenate([[False], words[1:] == words[:-1]])
    indent = view.shape[:, SHAPES.index("indent")]
    step = np.diff(indent, prepend=indent[:1])
    gaps = np.minimum(np.diff(view.at, prepend=-1) - 1, 4)
    return {
        "alike.prev": alike,
        "alike.next": np.append(alike[1:], False),
        "indent.prev": step,
        "indent.next": np.append(-step[1:], 0),
        "gap.before": gaps,
        "gap.after": np.append(gaps[1:], 0),
    }


def _position(view: LogView) -> dict[str, NDArray[np.generic]]:
    n = len(view.texts)
    index = np.arange(n)
    first = np.zeros(n, dtype=np.bool_)
    first[np.unique(view.template, return_index=True)[1]] = True
    return {
        "first_seen": first,
        "from_end": _log_distance(n - 1 - index, NEVER),
        "relative": index / n,
        "log_lines": np.full(n, np.log1p(n)),
    }


def _sections(view: LogView) -> dict[str, NDArray[np.generic]]:
    """Return where a line stands in its section: from one exit status to the next."""
    bad, ended = view.role(Role.EXIT), view.any_role(Role.EXIT, Role.EXIT_OK)
    to_bad, to_end = distance_on(bad), distance_on(ended)
    command = view.any_role(Role.COMMAND, Role.SECTION)
    before: Ints = np.cumsum(bad) - bad
    columns: dict[str, NDArray[np.generic]] = {
        "exit.next_bad": np.where(to_end >= NEVER, 0, np.where(to_bad == to_end, 1, -1)),
        "exit.next": _log_distance(to_end, 10_000),
        "exit.bad_before": np.minimum(before, 5),
        "exit.bad_after": np.minimum(bad.sum() - before, 5),
        "command.back": _log_distance(distance_back(command), 10_000),
        "command.on": _log_distance(distance_on(command), 10_000),
    }
    section: Ints = np.cumsum(ended) - ended
    for name, mask in {
        "errors": view.any_role(Role.ERROR, Role.HEAD),
        "heads": view.role(Role.HEAD),
        "mentions": view.role(Role.MENTION),
    }.items():
        total = np.bincount(section, weights=mask)
        earlier = np.cumsum(mask) - mask - (np.cumsum(total) - total)[section]
        columns[f"{name}.before"] = np.log1p(earlier)
        columns[f"{name}.after"] = np.log1p(total[section] - earlier - mask)
        columns[f"{name}.share"] = (total / np.bincount(section))[section]
    return columns


def _blocks(view: LogView, channels: dict[str, Bools]) -> dict[str, NDArray[np.generic]]:
    """Return where a line stands in its block, and what the block consists of."""
    command = view.any_role(Role.COMMAND, Role.SECTION)
    ended = view.any_role(Role.EXIT, Role.EXIT_OK)
    begins = channels["gap"] | command | ended | np.concatenate([[True], command[:-1]])
    block = np.cumsum(begins) - 1
    sizes = np.bincount(block)
    position = np.arange(block.size) - (np.cumsum(sizes) - sizes)[block]
    columns: dict[str, NDArray[np.generic]] = {
        "block.size": _log_distance(sizes[block]),
        "block.position": _log_distance(position),
        "block.rest": _log_distance(sizes[block] - 1 - position),
    }
    for name in _IN_BLOCK:
        columns[f"block.{name}"] = (np.bincount(block, weights=channels[name]) / sizes)[block]
    return columns


def _links(view: LogView) -> tuple[Bools, Bools]:
    """Return which failure lines share a rare name with a later, and with an earlier, failure line.

    A summary repeats the name of the test or file whose failure is shown in detail above it.
    """
    failing = view.any_role(Role.HEAD, Role.ERROR, Role.SUMMARY, Role.MENTION, Role.DETAIL) & ~view.role(Role.PASS)
    places: dict[str, list[int]] = {}
    for index in np.flatnonzero(failing)[-_LINK_LINES:].tolist():
        for name in set(_NAME.findall(view.texts[index][:LONGEST])):
            places.setdefault(name, []).append(index)
    later, earlier = np.zeros(failing.size, dtype=np.bool_), np.zeros(failing.size, dtype=np.bool_)
    for found in places.values():
        if 2 <= len(found) <= 8:
            later[[index for index in found if found[-1] - index > 3]] = True
            earlier[[index for index in found if index - found[0] > 3]] = True
    return later, earlier
