"""What people thought of an answer: kept as one small JSON file each, beside the postmortems."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import AwareDatetime, BaseModel, ConfigDict

from agent.ci.github.models import Reaction
from agent.ci.replies.command import Command
from agent.schema import Report
from tools.redact import redact_model

FOLDER = "feedback"
USEFUL = frozenset({"+1", "hooray", "heart", "rocket"})
USELESS = frozenset({"-1", "confused"})


class Reactions(BaseModel):
    """How many people reacted with approval and how many with disapproval."""

    model_config = ConfigDict(frozen=True)

    useful: int = 0
    useless: int = 0


class Feedback(BaseModel):
    """One person's word on one hypothesis of one run. `said` is the person's text without secrets."""

    model_config = ConfigDict(frozen=True)

    run: str
    repository: str
    verb: str
    hypothesis: int
    component: str
    cause: str
    kind: str
    confidence: float
    said: str
    by: str
    moment: AwareDatetime
    reactions: Reactions


def count_reactions(reactions: Iterable[Reaction]) -> Reactions:
    """Count people, not reactions: whoever approves and disapproves disapproves; programs do not count."""
    people = [(one.user.login, one.content) for one in reactions if one.user and one.user.type != "Bot"]
    against = {login for login, content in people if content in USELESS}
    favour = {login for login, content in people if content in USEFUL} - against
    return Reactions(useful=len(favour), useless=len(against))


def feedback_of(
    report: Report, command: Command, repository: str, by: str, moment: AwareDatetime, reactions: Reactions
) -> Feedback:
    """Return what a command says about a report. Secrets are cut out; a login is none."""
    one = next((one for one in report.hypotheses if one.rank == command.hypothesis), None)
    found = report.classification
    told = Feedback(
        run=report.run_id,
        repository=repository,
        verb=command.verb.value,
        hypothesis=command.hypothesis,
        component=one.component if one else "",
        cause=one.cause if one else "",
        kind=found.kind.value if found else "",
        confidence=one.confidence if one else 0.0,
        said=command.text,
        by="",
        moment=moment,
        reactions=reactions,
    )
    return redact_model(told).model_copy(update={"by": by})


def feedback_file(feedback: Feedback, comment_id: int) -> tuple[str, str]:
    """Return path and text of the file; the path is the same when the command is read again."""
    return f"{FOLDER}/{feedback.run}-{comment_id}.json", feedback.model_dump_json(indent=1) + "\n"
