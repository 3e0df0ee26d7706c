"""The one comment of a workflow on a pull request: found by a hidden marker, edited, never repeated.

GitHub cannot create a comment only if there is none yet. So a run that creates one looks again afterwards:
of several comments with the marker the oldest stays and takes the newest text, and the others go.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from agent.ci.comment import LIMIT

_STATE = re.compile(
    r"\A<!-- whydown:ci key=(?P<key>[0-9a-f]{12}) sha=(?P<sha>[0-9a-f]{0,64}) run=(?P<run>\d{1,19})"
    r" attempt=(?P<attempt>\d{1,6}) state=(?P<state>failed|flaky|resolved) report=(?P<report>\d{1,19})"
    r" kind=(?P<kind>[a-z_]{0,40}) -->\n"
)


class State(StrEnum):
    """What the comment says of its run."""

    FAILED = "failed"
    """The run failed."""
    FLAKY = "flaky"
    """The run failed, and the same commit passed in another attempt."""
    RESOLVED = "resolved"
    """The run failed, and a newer commit passed."""


class Marker(NamedTuple):
    """The hidden first line: which workflow, commit and run the comment is about.

    `report` is the number of the run that explained it and keeps the report as an artifact, 0 when none does;
    `kind` is the verdict.
    """

    key: str
    sha: str
    run: int
    attempt: int
    state: State
    report: int = 0
    kind: str = ""

    def text(self) -> str:
        """Return the marker as a line of its own, invisible on GitHub."""
        return (
            f"<!-- whydown:ci key={self.key} sha={self.sha} run={self.run} attempt={self.attempt}"
            f" state={self.state.value} report={self.report} kind={self.kind} -->\n"
        )

    @property
    def age(self) -> tuple[int, int]:
        """Return what orders runs: ids and attempts only grow."""
        return (self.run, self.attempt)


def key_of(workflow: str) -> str:
    """Return the key of a workflow, by its name: two workflows have two comments."""
    return hashlib.sha256(workflow.encode()).hexdigest()[:12]


def read_marker(body: str | None) -> Marker | None:
    """Return the marker of a comment, None when it is not one of ours. It counts only at the very beginning."""
    found = _STATE.match((body or "").replace("\r\n", "\n"))
    if not found:
        return None
    return Marker(
        key=found["key"],
        sha=found["sha"],
        run=int(found["run"]),
        attempt=int(found["attempt"]),
        state=State(found["state"]),
        report=int(found["report"]),
        kind=found["kind"],
    )


class Held(NamedTuple):
    """A comment that carries our marker."""

    id: int
    marker: Marker
    body: str


def ours(comments: Iterable[tuple[int, str, str | None]], key: str | None, author: str) -> list[Held]:
    """Return the comments of a workflow, oldest first.

    Args:
        comments: id, author's login and text of each.
        key: the workflow's key; None for those of all workflows.
        author: login that whydown comments as; anyone can write our marker, only we are believed.
    """
    found = [
        Held(number, marker, body or "")
        for number, login, body in comments
        if login == author and (marker := read_marker(body)) and key in (None, marker.key)
    ]
    return sorted(found)


def is_stale(held: Held, new: Marker) -> bool:
    """Tell whether a comment is about a newer run than the one at hand, so that it must stay as it is."""
    return held.marker.age > new.age


def passed(held: Held, sha: str, run: int, attempt: int) -> State | None:
    """Return what becomes of a comment when a run passes; None when it stays as it is.

    A pass of the same commit is no repair: it shows that the failure is flaky.
    """
    if held.marker.state is not State.FAILED or (run, attempt) <= held.marker.age:
        return None
    return State.FLAKY if sha == held.marker.sha else State.RESOLVED


_BANNERS = {
    State.FLAKY: "**Flaky:** the same commit passed in another attempt; a pass is not a repair.",
    State.RESOLVED: "**Resolved:** a newer commit passed.",
}


def marked(held: Held, state: State, sha: str, run: int, attempt: int) -> str:
    """Return a comment's text with its new state above the old text, which is folded."""
    old = _STATE.sub("", held.body.replace("\r\n", "\n"), count=1)
    marker = held.marker._replace(run=run, attempt=attempt, state=state)
    commit = f" (`{sha[:12]}`)" if re.fullmatch(r"[0-9a-f]{7,64}", sha) else ""
    banner = _BANNERS[state].replace(".", f"{commit}.", 1) if state is State.RESOLVED else _BANNERS[state]
    folded = f"<details><summary>What had failed</summary>\n\n{old.strip()}\n\n</details>"
    text = f"{marker.text()}{banner}\n\n{folded}\n"
    return text if len(text) <= LIMIT else f"{marker.text()}{banner}\n"
