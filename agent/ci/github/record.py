"""Bring a person's word about a run into the knowledge base, as a pull request on its repository."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from agent.ci.github.contents import Contents
from agent.ci.github.knowledge import unpack_postmortems
from agent.ci.github.propose import Place, Proposal, find_place, propose
from agent.ci.replies.command import Command, Verb
from agent.ci.replies.confirmed import confirm
from agent.ci.replies.feedback import Reactions, feedback_file, feedback_of
from agent.render.clean import clean
from agent.render.markdown.escape import code, escape
from agent.schema import Report
from tools.config import CiSettings
from tools.redact import redact, redact_model

_ACTIONS = {"opened": "opened", "updated": "added to", "kept": "already in"}


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said about a report, and where.

    Attributes:
        report: its `run_id` names the branch and the postmortem.
        command: what was said.
        by: login of the person, who may write to the repository.
        moment: when, UTC.
        repository, pull, comment: where it was said.
        reactions: what others thought of whydown's comment.
    """

    report: Report
    command: Command
    by: str
    moment: dt.datetime
    repository: str
    pull: int
    comment: int
    reactions: Reactions


def record(contents: Contents, word: Word, settings: CiSettings, *, dry_run: bool = False) -> tuple[str, str]:
    """Propose what was said: a feedback file, and when a cause was confirmed its postmortem.

    Returns:
        What was done (opened, updated, kept, printed), and a sentence of Markdown about it.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
        KnowledgeError: the run was confirmed before.
        FormatError: the knowledge base cannot be read.
    """
    said = word.command._replace(text=redact(word.command.text).text)
    word = replace(word, report=redact_model(word.report), command=said)
    place = find_place(contents, f"whydown/{word.report.run_id}")
    proposal = _proposal(contents, place, word, settings)
    done = "Confirmed" if word.command.verb is Verb.CONFIRM else "Noted"
    if dry_run:
        listed = ", ".join(code(path, 200) for path in sorted(proposal.files))
        return "printed", f"{done}: {listed} would go to branch {code(place.branch, 100)} of {code(contents.name)}.\n"
    action, pull = propose(contents, place, proposal)
    link = f"[a pull request on the knowledge base]({settings.server}/{contents.name}/pull/{pull})"
    return action, f"{done}: {_ACTIONS[action]} {link}.\n"


def _proposal(contents: Contents, place: Place, word: Word, settings: CiSettings) -> Proposal:
    told = feedback_of(word.report, word.command, word.repository, word.by, word.moment, word.reactions)
    path, text = feedback_file(told, word.comment)
    files, title = {path: text}, f"Feedback on {word.report.run_id}"
    if word.command.verb is Verb.CONFIRM:
        with tempfile.TemporaryDirectory(prefix="whydown-") as scratch:
            folder = unpack_postmortems(contents.archive(place.ref), settings.knowledge_path, Path(scratch))
            written = confirm(folder, word.report, word.command, word.by, word.moment)
        files, title = {**written.files, path: text}, f"{written.id}: {written.title}"
    inside = settings.knowledge_path.strip("/")
    placed = {f"{inside}/{name}" if inside else name: text for name, text in files.items()}
    return Proposal(clean(title, 120).replace("@", "@\u200b"), _body(word, settings), placed)


def _body(word: Word, settings: CiSettings) -> str:
    where = f"{settings.server}/{word.repository}/pull/{word.pull}#issuecomment-{word.comment}"
    return f"{code(word.by, 60)} said so in [a comment]({where}).\n\n{escape(word.command.text, 1_000)}\n"
