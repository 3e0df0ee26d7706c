"""What flows through the graph, and what its nodes may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, TypedDict

from agent.investigation.watch import Watch
from agent.schema import Hypothesis, Incident, Report, Similar, Windows
from tools.config import Settings
from tools.evidence import Evidence
from tools.incident import IncidentFolder
from tools.sources import Telemetry
from tools.window import Scope

if TYPE_CHECKING:
    from agent.journal import Player, Recorder
    from agent.journal.recorder import Tools
    from agent.model import Budget, ChatModel

Progress = Callable[[str, str], None]
"""Called with the name of a node and of the step it has just finished."""


def _merge(left: dict[str, float], right: dict[str, float]) -> dict[str, float]:
    return {**left, **right}


class State(TypedDict, total=False):
    """The checkpointed state: JSON texts of pydantic models only, so that any version can read it."""

    scope: str
    windows: str
    symptom: str
    evidence: list[str]
    failures: list[str]
    edges: list[list[str]]
    """Caller and callee of the calls that metrics tell of, where neither spans nor a file tell who calls whom."""
    traced: list[str]
    """Services whose latency their spans tell."""
    hypotheses: list[str]
    nothing: float
    """Probability that nothing is at fault."""
    unaffected: bool
    """Requests surely fare as before where they enter."""
    surge: str
    """How much more traffic there is, in words; empty when there is no more than usual."""
    similar: list[str]
    draft: str
    """What the language model asked and answered, unchecked; absent without a model."""
    argument: str
    """The same checked, as the report shows it."""
    usage: str
    """What the language model cost."""
    report: str
    timings: Annotated[dict[str, float], _merge]


@dataclass(frozen=True, slots=True)
class Context:
    """What nodes use but do not own; rebuilt when a run is resumed."""

    incident: Incident
    folder: IncidentFolder
    telemetry: Telemetry
    settings: Settings
    run_id: str
    progress: Progress = field(default=lambda node, step: None)
    watch: Watch = field(default_factory=Watch)
    model: ChatModel | None = None
    """The language model; None when none is set up or wanted."""
    budget: Budget | None = None
    """What the model may cost; there is one whenever there is a model."""
    journal: Recorder | Player | None = None
    """What records the run, or plays it again."""

    def boxed(self, box: Tools) -> Tools:
        """Return tools for the model whose answers are recorded, or come from the record."""
        return self.journal.box(box) if self.journal is not None else box


def scope_of(state: State) -> Scope:
    """Return the windows that intake fixed."""
    return Scope.model_validate_json(state["scope"])


def windows_of(state: State) -> Windows:
    """Return the windows as the report shows them."""
    return Windows.model_validate_json(state["windows"])


def evidence_of(state: State) -> list[Evidence]:
    """Return all evidence so far, in order of id."""
    return [Evidence.model_validate_json(text) for text in state.get("evidence", [])]


def hypotheses_of(state: State) -> list[Hypothesis]:
    """Return the hypotheses so far, best first."""
    return [Hypothesis.model_validate_json(text) for text in state.get("hypotheses", [])]


def similar_of(state: State) -> list[Similar]:
    """Return the past incidents that were recalled, best first."""
    return [Similar.model_validate_json(text) for text in state.get("similar", [])]


def report_of(state: State) -> Report:
    """Return the finished report."""
    return Report.model_validate_json(state["report"])


def dump(items: list[Evidence] | list[Hypothesis]) -> list[str]:
    """Return models as JSON texts for the state."""
    return [item.model_dump_json() for item in items]
