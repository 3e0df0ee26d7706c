"""Propose files to the knowledge base: one branch and one pull request for each explained run."""

from __future__ import annotations

from typing import NamedTuple

from agent.ci.github.contents import Contents
from tools.errors import CodeHostError


class Proposal(NamedTuple):
    """What is proposed: title and text of the pull request, and files: path → text."""

    title: str
    body: str
    files: dict[str, str]


class Proposed(NamedTuple):
    """What became of it: opened, updated or kept, and the number of the pull request."""

    action: str
    pull: int


class Place(NamedTuple):
    """Where a proposal goes: the branch to write to, the state of the files so far, and the open pull request, if any.

    `ref` is that branch when it has an open pull request, else the branch that everything goes to.
    """

    branch: str
    ref: str
    base: str
    pull: int


def find_place(contents: Contents, wanted: str) -> Place:
    """Return where to write. A branch whose pull request was merged or closed is history and is left alone.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
    """
    base = contents.default_branch()
    branch, number = wanted, 1
    while listed := contents.pulls_from(branch):
        for pull in listed:
            if pull.state == "open":
                return Place(branch, branch, base, pull.number)
        number += 1
        branch = f"{wanted}-{number}"
    return Place(branch, base, base, 0)


def propose(contents: Contents, place: Place, proposal: Proposal) -> Proposed:
    """Write files on a branch and open its pull request, or add to the one that is open. Repeating changes nothing.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
    """
    if not place.pull:
        contents.make_branch(place.branch, contents.tip(place.base))
    written = [contents.put(path, text, place.branch, proposal.title) for path, text in proposal.files.items()]
    if place.pull:
        return Proposed("updated" if any(written) else "kept", place.pull)
    try:
        return Proposed("opened", contents.open_pull(place.branch, place.base, proposal.title, proposal.body).number)
    except CodeHostError as error:
        opened = [pull.number for pull in contents.pulls_from(place.branch) if pull.state == "open"]
        if error.status != 422 or not opened:
            raise
        return Proposed("updated", opened[0])  # another run opened it in between
