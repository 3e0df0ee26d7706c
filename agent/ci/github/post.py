"""Keep one comment on a pull request: create it, edit it, resolve it, and survive runs at the same time."""

from __future__ import annotations

from typing import NamedTuple

from agent.ci.comment import RunLink
from agent.ci.github.repository import Repository
from agent.ci.sticky import Held, Marker, State, is_stale, key_of, marked, ours, passed
from tools.errors import CodeHostError

BOT = "github-actions[bot]"
"""Who comments with the token of a workflow."""


class Posted(NamedTuple):
    """What became of the comment: created, edited, kept, flaky, resolved or none; and its id."""

    action: str
    comment_id: int = 0


def marker_of(link: RunLink, report: int = 0, kind: str = "") -> Marker:
    """Return the marker for a run that failed.

    Args:
        link: the run.
        report: number of the run that keeps the report as an artifact, 0 for none.
        kind: the verdict.
    """
    return Marker(key_of(link.workflow), link.sha, link.run_id, link.attempt, State.FAILED, report, kind)


def post_failure(repository: Repository, pull: int, link: RunLink, body: str, author: str = BOT) -> Posted:
    """Put the comment for a failed run on a pull request.

    Args:
        repository: where.
        pull: number of the pull request.
        link: the run.
        body: the comment, which begins with the run's marker.
        author: login that whydown comments as.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
    """
    marker = marker_of(link)
    held = _held(repository, pull, marker.key, author)
    if held:
        return _edit(repository, held[0], marker, body)
    created = repository.add_comment(pull, body)
    return _settle(repository, pull, marker, body, author, created.id)


def _edit(repository: Repository, held: Held, marker: Marker, body: str) -> Posted:
    if is_stale(held, marker):
        return Posted("kept", held.id)
    repository.edit_comment(held.id, body)
    return Posted("edited", held.id)


def _settle(repository: Repository, pull: int, marker: Marker, body: str, author: str, created: int) -> Posted:
    """Make one of comments that were created at the same time: the oldest stays, with the newest text."""
    held = _held(repository, pull, marker.key, author)
    if not held or held[0].id == created:
        return Posted("created", created)
    repository.delete_comment(created)
    try:
        return _edit(repository, held[0], marker, body)
    except CodeHostError as error:
        if error.status != 404:
            raise
        return Posted("created", repository.add_comment(pull, body).id)


def post_success(repository: Repository, pull: int, link: RunLink, author: str = BOT) -> Posted:
    """Tell in an existing comment that a run passed; nothing is created for runs that never failed.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
    """
    held = _held(repository, pull, key_of(link.workflow), author)
    if not held:
        return Posted("none")
    state = passed(held[0], link.sha, link.run_id, link.attempt)
    if state is None:
        return Posted("kept", held[0].id)
    repository.edit_comment(held[0].id, marked(held[0], state, link.sha, link.run_id, link.attempt))
    return Posted(state.value, held[0].id)


def _held(repository: Repository, pull: int, key: str, author: str) -> list[Held]:
    listed = ((one.id, one.user.login if one.user else "", one.body) for one in repository.comments(pull))
    return ours(listed, key, author)
