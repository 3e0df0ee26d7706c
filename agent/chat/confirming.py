"""Confirm the cause from the conversation: the draft of the postmortem, and writing it."""

from __future__ import annotations

from agent.learning.capture import capture_draft
from agent.learning.draft import draft_text, read_draft
from agent.learning.person import person
from agent.schema import Report
from knowledge.base import knowledge_folder
from tools.clock import now
from tools.config import Settings
from tools.errors import InputError


def begin(report: Report, rank: int, settings: Settings) -> tuple[str, str]:
    """Return the draft of a hypothesis's postmortem and the name of who seems to confirm it, perhaps empty.

    Raises:
        InputError: there is no such hypothesis.
        KnowledgeError: no knowledge folder is configured.
    """
    knowledge_folder(settings.knowledge)
    try:
        name = person("")
    except InputError:
        name = ""
    return draft_text(report, rank), name


def finish(report: Report, text: str, name: str, settings: Settings) -> str:
    """Write the postmortem and return what happened, one sentence.

    Raises:
        InputError: the text is no postmortem, what fixed it is missing, or nobody vouches for it.
        KnowledgeError: the run was confirmed before, or the folder cannot be written.
    """
    draft = read_draft(text, report)
    folder = knowledge_folder(settings.knowledge)
    written = capture_draft(folder, report, draft, person(name), now())
    recurs = f"; it recurs from {written.recurs_from[0]}" if written.recurs_from else ""
    return f"Confirmed as {written.stored.postmortem.id} in {written.stored.path}{recurs}."
