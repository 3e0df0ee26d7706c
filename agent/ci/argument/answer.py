"""What a model answers about a failed run: quotations, and causes that rest on them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from agent.argument.conversation import Conversation
from agent.argument.draft import Task
from agent.argument.proposals import FAMILIES
from agent.claims import Answer, Claim, Proposal
from agent.claims.claim import MOST_PROPOSALS, Predicate
from agent.claims.quote import says
from tools.evidence import Evidence
from tools.faults import FaultKind

ASKED_QUOTATIONS = 4
_KINDS = [kind.value for kind in FaultKind if kind.family in FAMILIES]


class Quotation(BaseModel):
    """Words of a log, a test or the change, and the evidence that holds them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    quote: str = ""
    evidence: tuple[str, ...] = ()

    @field_validator("quote", mode="before")
    @classmethod
    def _empty(cls, value: object) -> object:
        """Take null for nothing, as many models write it."""
        return "" if value is None else value

    @field_validator("evidence", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Take one id that is not in a list for a list of one."""
        return (value,) if isinstance(value, str) else value


class RunCause(Proposal):
    """A changed file that the model holds for the cause; `claims` are numbers of its quotations, from 1."""

    fault_kind: str = Field(default="", json_schema_extra={"enum": [*_KINDS]})


class RunAnswer(BaseModel):
    """The answer. `explanation` is free text that nothing verifies."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    claims: tuple[Quotation, ...] = Field(default=(), json_schema_extra={"maxItems": ASKED_QUOTATIONS})
    hypotheses: tuple[RunCause, ...] = Field(default=(), json_schema_extra={"maxItems": MOST_PROPOSALS})
    explanation: str = ""

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        """Refuse what is no answer at all: with its parts unknown it would be an empty one."""
        if isinstance(value, dict) and value and not value.keys() & cls.model_fields.keys():
            raise ValueError(f"none of {', '.join(cls.model_fields)} is in it")
        return value

    def as_answer(self) -> Answer:
        """Return it in the form in which claims are checked; whose words they are is looked up later."""
        claims = [Claim(predicate=Predicate.SAYS, quote=one.quote, evidence=one.evidence) for one in self.claims]
        return Answer(claims=tuple(claims), hypotheses=tuple(self.hypotheses), explanation=self.explanation)


def _concluded(talk: Conversation, prompt: str) -> Answer:
    return talk.conclude(prompt, RunAnswer).as_answer()


RUN = Task("explain_run", "answer_run", _concluded)


def attributed(answer: Answer, known: Mapping[str, Evidence]) -> Answer:
    """Return an answer whose quotations are of the job, test or changed file that the cited evidence is about.

    The evidence knows whose words it holds; a model would only be asked to copy that.
    """
    claims = []
    for claim in answer.claims:
        cited = [known[ref] for ref in claim.evidence if ref in known]
        holding = [item for item in cited if says(item, claim.quote)] or cited
        claims.append(claim.model_copy(update={"service": component_of(holding[0]) if holding else ""}))
    return answer.model_copy(update={"claims": tuple(claims)})


def component_of(item: Evidence) -> str:
    """Return the job, test or file that evidence of a failed run is about."""
    if item.subject.kind in {"job", "test"} or not item.samples:
        return item.subject.name
    return item.samples[0].ref
