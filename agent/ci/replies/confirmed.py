"""A confirmed hypothesis becomes a postmortem: which files of the knowledge base change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NamedTuple

from agent.ci.replies.command import Command
from agent.learning.capture import capture_draft
from agent.learning.draft import Verdict, draft_postmortem
from agent.schema import Report
from knowledge.postmortem import PostmortemFolder


class Written(NamedTuple):
    """Id and title of the postmortem, and every changed file: path below the folder → text."""

    id: str
    title: str
    files: dict[str, str]


def confirm(folder: Path, report: Report, command: Command, by: str, moment: dt.datetime) -> Written:
    """Write the postmortem of a run into a copy of the knowledge base.

    Its id is made from the run, not from the next free number: pull requests of two runs may be open at once.

    Raises:
        InputError: there is no such hypothesis, or what fixed it is not said.
        KnowledgeError: the run was confirmed before, or the folder cannot be written.
    """
    before = _texts(folder)
    draft = draft_postmortem(report, Verdict(command.hypothesis, resolution=command.text))
    captured = capture_draft(PostmortemFolder(folder), report, draft, by, moment, identity=f"PM-{report.run_id}")
    after = _texts(folder)
    changed = {path: text for path, text in after.items() if before.get(path) != text}
    return Written(captured.stored.postmortem.id, captured.stored.postmortem.title, changed)


def _texts(folder: Path) -> dict[str, str]:
    files = PostmortemFolder(folder).files() if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
