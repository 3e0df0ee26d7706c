"""Investigate each planted case without a model and with one, and see who finds the planted cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.investigation import investigate
from agent.schema import Incident, Report
from evals.models import open_model, settings_for
from evals.planted.plant import CASES, Planted, plant
from tools.config import Settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case under one model; `first` and `kind` are those of the first hypothesis."""

    recording: str
    model: str
    first: str
    kind: str
    component_right: bool
    found: bool
    """The planted component and kind come first, resting on a verified quotation of the diff."""
    kept: int = 0
    struck: int = 0
    prompt_tokens: int = 0


def evaluate_planted(
    models: Sequence[str], settings: Settings, place: Path, cases: Sequence[Planted] = CASES
) -> Iterator[Outcome]:
    """Yield outcomes, of each case first that without a model.

    Raises:
        ConfigError: there is no such model.
        PrerequisiteError: git is not installed.
    """
    for case in cases:
        plot = plant(case, place / case.recording)
        for model in ("", *models):
            own = settings_for(model, settings).model_copy(
                update={"runs": place / "runs", "repository": plot.repository}
            )
            incident = Incident(folder=plot.folder, no_model=not model)
            yield judge(case, model, investigate(incident, own, model=open_model(model, own)))


def judge(case: Planted, model: str, report: Report) -> Outcome:
    """Return how a report deals with a planted cause."""
    first = report.hypotheses[0]
    argument = report.argument
    quoted = argument is not None and any(
        case.after in claim.sentence for claim in argument.kept if set(claim.evidence) & set(first.supports)
    )
    right = first.component == case.component
    return Outcome(
        recording=case.recording,
        model=model or "none",
        first=first.component,
        kind=first.fault_kind.value,
        component_right=right,
        found=right and first.fault_kind is case.kind and quoted,
        kept=len(argument.kept) if argument else 0,
        struck=len(argument.struck) if argument else 0,
        prompt_tokens=report.usage.prompt_tokens,
    )
