"""`whydown ci reply`: one comment that begins with `/whydown`, from its number to the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.ci.github.contents import Contents
from agent.ci.github.models import Comment
from agent.ci.github.record import Word, record
from agent.ci.github.reports import load_report
from agent.ci.github.repository import Repository
from agent.ci.github.transport import Transport
from agent.ci.replies.answer import answer_marker, answered, why_text
from agent.ci.replies.command import Command, Verb, read_command
from agent.ci.replies.feedback import count_reactions
from agent.ci.sticky import Held, State, ours
from agent.render.markdown.escape import escape
from tools.clock import now
from tools.config import CiSettings, Settings
from tools.errors import InputError, KnowledgeError

WRITERS = frozenset({"admin", "write"})
"""Permissions with which a word counts; GitHub reports the role *maintain* as write and *triage* as read."""
_NOWHERE = "Noted on this pull request only: no repository for the knowledge base is set.\n"


@dataclass(frozen=True, slots=True)
class Replied:
    """What was done: none, refused, answered, opened, updated, kept or printed; and the answer, if any."""

    action: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, who gave it, and on which pull request."""

    comment: Comment
    by: str
    pull: int
    command: Command


def open_contents(settings: CiSettings) -> Contents | None:
    """Return the repository of the knowledge base, None when none is set.

    Raises:
        InputError: its name has another form than owner/repo.
    """
    if not settings.knowledge_repo:
        return None
    token = settings.knowledge_token if settings.knowledge_token.get_secret_value() else settings.token
    return Contents(Transport(token, settings.api), settings.knowledge_repo)


def handle_reply(
    repository: Repository, contents: Contents | None, comment_id: int, settings: Settings, *, dry_run: bool = False
) -> Replied:
    """Answer a command on a pull request. Who may not write gets no answer, so that nobody can make whydown talk.

    Args:
        repository: where the comment is.
        contents: repository of the knowledge base.
        comment_id: the comment; everything else is asked of GitHub.
        settings: the configuration.
        dry_run: return the answer, change nothing.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
    """
    author = settings.ci.author
    asked = _read(repository, comment_id, author)
    if asked is None:
        return Replied("none")
    if repository.permission(asked.by) not in WRITERS:
        return Replied("refused")
    held = _newest(repository, asked.pull, author)
    if held is None:
        return Replied("none")
    try:
        action, text = _act(repository, contents, asked, held, settings.ci, dry_run)
    except InputError as error:
        action, text = "answered", f"whydown cannot do that: {escape(str(error), 400)}.\n"
    except KnowledgeError as error:  # its remedy names a scratch folder
        action, text = "answered", f"whydown cannot do that: {escape(error.problem, 400)}.\n"
    if not dry_run:
        _answer(repository, asked, text, author)
    return Replied("printed" if dry_run else action, text)


def _read(repository: Repository, comment_id: int, author: str) -> Asked | None:
    comment = repository.comment(comment_id)
    command = read_command(comment.body)
    place = re.search(r"/issues/(\d{1,10})\Z", comment.issue_url)
    person = comment.user
    if command is None or place is None or person is None or person.type == "Bot" or person.login == author:
        return None
    return Asked(comment, person.login, int(place[1]), command)


def _newest(repository: Repository, pull: int, author: str) -> Held | None:
    listed = ((one.id, one.user.login if one.user else "", one.body) for one in repository.comments(pull))
    return max(ours(listed, None, author), key=lambda held: held.marker.age, default=None)


def _act(
    repository: Repository, contents: Contents | None, asked: Asked, held: Held, settings: CiSettings, dry_run: bool
) -> tuple[str, str]:
    """Return what was done, and the answer.

    Raises:
        InputError: the command lacks something, or there is no such report or hypothesis.
        KnowledgeError: the run was confirmed before.
        CodeHostError: GitHub refuses or cannot be reached.
    """
    report = load_report(repository, held.marker.report)
    report.ranked(asked.command.hypothesis)
    if asked.command.verb is Verb.WHY:
        return "answered", why_text(report, asked.command.hypothesis)
    command = asked.command._replace(text=asked.command.text or _unsaid(asked, held, repository.name))
    if contents is None:
        return "answered", _NOWHERE
    word = Word(
        report=report,
        command=command,
        by=asked.by,
        moment=asked.comment.created_at or now(),
        repository=repository.name,
        pull=asked.pull,
        comment=asked.comment.id,
        reactions=count_reactions(repository.reactions(held.id)),
    )
    return record(contents, word, settings, dry_run=dry_run)


def _unsaid(asked: Asked, held: Held, name: str) -> str:
    """Return what fixed it when nobody says so: the newer commit that passed, where one has.

    Raises:
        InputError: something has to be said.
    """
    rank = asked.command.hypothesis
    if asked.command.verb is Verb.WRONG:
        raise InputError("why it is wrong is missing", f"/whydown wrong {rank} WHY")
    if held.marker.state is not State.RESOLVED:
        raise InputError("what fixed it is missing", f"/whydown confirm {rank} WHAT FIXED IT")
    return f"A newer commit of pull request {asked.pull} of {name} passed; its changes tell what fixed it."


def _answer(repository: Repository, asked: Asked, text: str, author: str) -> None:
    """Post the answer; when the same command is read again the same answer is edited."""
    body = answer_marker(asked.comment.id, asked.command.verb.value) + text
    for one in repository.comments(asked.pull):
        mine = one.user is not None and one.user.login == author
        if mine and (found := answered(one.body)) and found[0] == asked.comment.id:
            repository.edit_comment(one.id, body)
            return
    repository.add_comment(asked.pull, body)
