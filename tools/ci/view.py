"""What a log's lines are: roles, causes, shape and repetition, one array entry a line that is not blank."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.ci.clean import CleanLog
from tools.ci.grammar import LONGEST, Cause, Role, matching

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

ROLES = tuple(Role)
CAUSES = tuple(Cause)
SHAPES = (
    "indent",
    "length",
    "letters",
    "digits",
    "spaces",
    "capital",
    "place",
    "colon",
    "bullet",
    "stop",
    "quote",
    "url",
)

_NUMBER = re.compile(r"\d+")
_TELLING = {"0", "124", "137", "143", "404", "429", "502", "503", "504"}
"""Numbers that change what a line means: success, exit codes of timeout and kill, HTTP states."""
_PLACE = re.compile(r"[\w)\]]\.[A-Za-z]\w{0,9}(?::|\(|, line |:line )\d+|[\w.-]/[\w.-]+:\d+")


@dataclass(frozen=True, slots=True)
class LogView:
    """A log's n lines that are not blank.

    Attributes:
        texts: the lines.
        at: index of each in the clean log, shape (n,).
        template: number of each line's template, shape (n,).
        count: how often that template occurs in the log, shape (n,).
        roles: shape (n, len(ROLES)).
        causes: shape (n, len(CAUSES)).
        shape: shape (n, len(SHAPES)).
        red: whether the line was coloured red, shape (n,).
    """

    texts: tuple[str, ...]
    at: Ints
    template: Ints
    count: Ints
    roles: Bools
    causes: Bools
    shape: Floats
    red: Bools

    def role(self, role: Role) -> Bools:
        """Return which lines have a role."""
        return self.roles[:, ROLES.index(role)]

    def any_role(self, *roles: Role) -> Bools:
        """Return which lines have one of several roles."""
        found: Bools = np.any(self.roles[:, [ROLES.index(role) for role in roles]], axis=1)
        return found

    def any_cause(self, *causes: Cause) -> Bools:
        """Return which lines show one of several causes."""
        found: Bools = np.any(self.causes[:, [CAUSES.index(cause) for cause in causes]], axis=1)
        return found


def templates_of(texts: tuple[str, ...] | list[str]) -> list[str]:
    """Return each line with its numbers made equal, except those that change its meaning."""
    joined = "\n".join(text[:LONGEST] for text in texts)
    return _NUMBER.sub(lambda found: found[0] if found[0] in _TELLING else "1", joined).split("\n") if texts else []


def view_log(log: CleanLog) -> LogView:
    """Look at every line of a log; equal templates are looked at once."""
    at = np.array([index for index, line in enumerate(log.lines) if line.strip()], dtype=np.int64)
    texts = tuple(log.lines[index] for index in at)
    templates = templates_of(texts)
    numbers: dict[str, int] = {}
    template = np.array([numbers.setdefault(text, len(numbers)) for text in templates], dtype=np.int64)
    roles, causes, shape = _looks(list(numbers))
    return LogView(
        texts=texts,
        at=at,
        template=template,
        count=np.bincount(template, minlength=len(numbers))[template] if texts else template,
        roles=roles[template],
        causes=causes[template],
        shape=shape[template],
        red=np.array(log.red, dtype=np.bool_)[at] if texts else np.zeros(0, dtype=np.bool_),
    )


def _looks(templates: list[str]) -> tuple[Bools, Bools, Floats]:
    roles = np.zeros((len(templates), len(ROLES)), dtype=np.bool_)
    causes = np.zeros((len(templates), len(CAUSES)), dtype=np.bool_)
    shape = np.zeros((len(templates), len(SHAPES)), dtype=np.float32)
    for index, text in enumerate(templates):
        for entry in matching(text):
            roles[index, ROLES.index(entry.role)] = True
            if entry.cause is not None:
                causes[index, CAUSES.index(entry.cause)] = True
        shape[index] = _shape(text)
    return roles, causes, shape


def _shape(text: str) -> tuple[float, ...]:
    body = text.lstrip()
    length = max(len(body), 1)
    letters = sum(map(str.isalpha, body))
    return (
        len(text) - len(body),
        float(np.log1p(length)),
        letters / length,
        sum(map(str.isdigit, body)) / length,
        body.count(" ") / length,
        body[:1].isupper(),
        _PLACE.search(text) is not None,
        body.endswith(":"),
        body[:1] in "-+*•>|",
        body.endswith((".", "!")),
        any(mark in body for mark in "'\"`"),
        "://" in body,
    )
