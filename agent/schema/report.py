"""The report: the one object that every front door renders. Its JSON is a stable interface."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from agent.schema.argument import Argument
from agent.schema.classification import Classification
from agent.schema.hypothesis import Hypothesis
from tools.errors import InputError
from tools.evidence import Evidence
from tools.faults import FaultKind
from tools.sources.fetched import Fetched
from tools.window import TimeWindow, to_ns


class Verdict(StrEnum):
    """What the investigation concludes."""

    ROOT_CAUSE = "root_cause"
    """The first hypothesis stands out."""
    INCONCLUSIVE = "inconclusive"
    """Something deviates, but no cause stands out."""
    HEALTHY = "healthy"
    """Nothing deviates more than it does in the baseline itself."""


HALVES = "halves"
"""Who chose the windows when nobody could: the data in two halves, none of which is known to be normal."""


class Windows(BaseModel):
    """The compared windows, UTC. `chosen_by` is user, incident.json, data or halves."""

    model_config = ConfigDict(frozen=True)

    incident: tuple[AwareDatetime, AwareDatetime]
    baseline: tuple[tuple[AwareDatetime, AwareDatetime], ...]
    chosen_by: str

    @property
    def incident_window(self) -> TimeWindow:
        """The incident's window in nanoseconds."""
        return _window(self.incident)

    @property
    def baseline_windows(self) -> list[TimeWindow]:
        """The windows that it is compared with, in nanoseconds."""
        return [_window(one) for one in self.baseline]


def _window(bounds: tuple[AwareDatetime, AwareDatetime]) -> TimeWindow:
    return TimeWindow(start_ns=to_ns(bounds[0]), end_ns=to_ns(bounds[1]))


class SourceStatus(BaseModel):
    """Whether a signal answered, and what could not be read or was left out."""

    model_config = ConfigDict(frozen=True)

    signal: str
    available: bool
    name: str = ""
    notes: tuple[str, ...] = ()
    fetched: Fetched | None = Field(default=None, description="requests, answers, bytes, rows of a live backend")


class Similar(BaseModel):
    """A past incident like this one: a prior and a suggestion, never evidence.

    `moved` lists by how much it raised the confidence of which hypothesis, see `agent.investigation.recall`.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    status: str
    useful: int = Field(default=0, description="in how many confirmed runs it pointed the right way")
    strength: float = Field(ge=0.0, le=1.0, description="estimated probability that it is the same kind of incident")
    services: tuple[str, ...] = ()
    fault_kind: FaultKind = FaultKind.UNKNOWN
    resolution: str = ""
    reasons: tuple[str, ...] = Field(default=(), description="what matched")
    moved: dict[str, float] = Field(default_factory=dict, description="component → confidence added")

    def label(self) -> str:
        """Return how it is cited: `similar to PM-42 (confirmed, 3 times useful)`."""
        return f"similar to {self.id} ({self.status}" + (f", {self.useful} times useful)" if self.useful else ")")


class Usage(BaseModel):
    """What the language model cost; all zero when none was used."""

    model_config = ConfigDict(frozen=True)

    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    cost: float = 0.0


class Report(BaseModel):
    """The answer. `supports` and `contradicts` of every hypothesis are ids in `evidence`."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = 1
    run_id: str = ""
    symptom: str = ""
    verdict: Verdict
    summary: str = Field(default="", description="the verdict in one sentence")
    hypotheses: tuple[Hypothesis, ...]
    evidence: tuple[Evidence, ...]
    windows: Windows
    sources: tuple[SourceStatus, ...]
    classification: Classification | None = Field(default=None, description="of a failed CI run; else absent")
    similar: tuple[Similar, ...] = Field(default=(), description="past incidents like this one, best first")
    argument: Argument | None = Field(default=None, description="what a language model added; else absent")
    usage: Usage = Usage()
    timings: dict[str, float] = Field(default_factory=dict, description="seconds a node")

    @model_validator(mode="after")
    def _ids_exist(self) -> Report:
        known = {item.id for item in self.evidence}
        for hypothesis in self.hypotheses:
            linked = {ref for link in hypothesis.chain for ref in link.evidence}
            dangling = ({*hypothesis.supports, *hypothesis.contradicts} | linked) - known
            if dangling:
                raise ValueError(f"H{hypothesis.rank} cites evidence that does not exist: {sorted(dangling)}")
        if self.classification and (dangling := set(self.classification.evidence) - known):
            raise ValueError(f"the classification cites evidence that does not exist: {sorted(dangling)}")
        if self.argument and (dangling := {ref for claim in self.argument.kept for ref in claim.evidence} - known):
            raise ValueError(f"a verified claim cites evidence that does not exist: {sorted(dangling)}")
        return self

    def find(self, evidence_id: str) -> Evidence | None:
        """Return the evidence with an id, None when there is none."""
        return next((item for item in self.evidence if item.id == evidence_id), None)

    def ranked(self, rank: int) -> Hypothesis:
        """Return the hypothesis of a rank.

        Raises:
            InputError: there is none.
        """
        for one in self.hypotheses:
            if one.rank == rank:
                return one
        known = ", ".join(str(one.rank) for one in self.hypotheses) or "none"
        raise InputError(f"the report has no hypothesis {rank}", f"there are: {known}")
