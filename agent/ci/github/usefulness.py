"""How useful whydown's comments on a repository were to people: reactions and commands, per verdict."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from pydantic import BaseModel, ConfigDict

from agent.ci.github.repository import Repository
from agent.ci.replies.answer import answered
from agent.ci.replies.command import Verb
from agent.ci.replies.feedback import count_reactions
from agent.ci.sticky import State, read_marker


class Usefulness(BaseModel):
    """Counts of one verdict.

    Attributes:
        kind: the verdict, as in `classification.kind` of a report; `all` for the sum of them.
        comments: comments with this verdict; `resolved` of them ended with a newer commit that passed.
        useful, useless: people who reacted with approval, with disapproval.
        confirmed, wrong: commands that were answered, on pull requests whose only verdict this is.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    comments: int = 0
    resolved: int = 0
    useful: int = 0
    useless: int = 0
    confirmed: int = 0
    wrong: int = 0


def count_usefulness(repository: Repository, since: dt.datetime, author: str) -> list[Usefulness]:
    """Return counts per verdict, most comments first, and last their sum.

    Args:
        repository: where whydown comments.
        since: comments that were changed later are counted; UTC.
        author: login that whydown comments as; comments of others are not read.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
    """
    counts: dict[str, Counter[str]] = {}
    kinds: dict[str, set[str]] = {}
    said: list[tuple[str, str]] = []
    for one in repository.all_comments(since):
        if one.user is None or one.user.login != author:
            continue
        if (reply := answered(one.body)) is not None:
            said.append((one.issue_url, reply[1]))
        if (marker := read_marker(one.body)) is None:
            continue
        kind = marker.kind or "unknown"
        kinds.setdefault(one.issue_url, set()).add(kind)
        count = counts.setdefault(kind, Counter())
        count.update(comments=1, resolved=marker.state is State.RESOLVED)
        if one.reactions and one.reactions.total_count:
            people = count_reactions(repository.reactions(one.id))
            count.update(useful=people.useful, useless=people.useless)
    for issue, verb in said:
        names = kinds.get(issue, set())
        if len(names) == 1 and verb != Verb.WHY:
            counts[next(iter(names))].update({"confirmed" if verb == Verb.CONFIRM else "wrong": 1})
    rows = [Usefulness(kind=kind, **count) for kind, count in counts.items()]
    rows.sort(key=lambda row: (-row.comments, row.kind))
    return [*rows, Usefulness(kind="all", **sum(counts.values(), Counter()))]
