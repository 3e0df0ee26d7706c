"""What the evidence says about each component of a case, beside the right answer: what weights are fitted on."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from agent.investigation.intake import intake
from agent.investigation.investigate import open_context
from agent.investigation.nodes import picture_of, survey
from agent.ranking import Picture
from agent.ranking.collect import component_features
from agent.ranking.impact import felt
from agent.schema import Incident
from evals.rca.case import Case, ViewOptions
from evals.rca.truth import Truth
from tools.config import Settings
from tools.errors import WhydownError

VARIANTS: dict[str, ViewOptions] = {
    "all": ViewOptions(),
    "no_logs": ViewOptions(drop=frozenset({"logs"})),
    "no_metrics": ViewOptions(drop=frozenset({"metrics"})),
    "no_traces": ViewOptions(drop=frozenset({"traces"})),
    "own_baseline": ViewOptions(own_baseline=True),
}
"""Each case is looked at in all of these, so that weights hold when a signal is missing."""


class Example(BaseModel):
    """Features of all components of one case in one variant. No truth means that nothing was wrong."""

    model_config = ConfigDict(frozen=True)

    id: str
    variant: str
    system: str
    truth: tuple[str, ...]
    family: str
    features: dict[str, tuple[float, ...]]
    felt: float = 0.0
    """What users feel, see `agent.ranking.impact.felt`."""
    complete: bool = False
    """Whether there was everything to compare, see `agent.ranking.propose.Picture`."""


@dataclass(frozen=True, slots=True)
class Job:
    """One case in one variant."""

    case: Case
    variant: str
    truth: Truth | None
    settings: Settings


def collect(jobs: Sequence[Job], workers: int, progress: Callable[[Example], None]) -> Iterator[Example]:
    """Yield the features of all jobs; one that cannot be investigated has none."""
    with ProcessPoolExecutor(workers) as pool:
        for example in pool.map(example_of, jobs):
            progress(example)
            yield example


def example_of(job: Job) -> Example:
    """Survey one case and return its features."""
    picture = picture_of_job(job)
    found = component_features(picture.evidence, picture.graph, picture.traced) if picture else {}
    truth = job.truth
    right = tuple(name for t in (truth, *truth.also) for name in (t.component, *t.accept)) if truth else ()
    return Example(
        id=job.case.id,
        variant=job.variant,
        system=f"{job.case.set}/{job.case.system}",
        truth=tuple(name for name in right if name),
        family=truth.family if truth else "",
        features={name: tuple(features.vector()) for name, features in found.items()},
        felt=felt(picture.evidence, picture.graph) if picture else 0.0,
        complete=picture is not None and picture.complete,
    )


def picture_of_job(job: Job) -> Picture | None:
    """Survey one case; None when it cannot be investigated."""
    options = VARIANTS[job.variant]
    with tempfile.TemporaryDirectory(prefix="whydown-fit-") as place:
        try:
            view = job.case.view(options, Path(place) / "view")
            context = open_context(Incident(folder=view, own_baseline=options.own_baseline), job.settings, "", None)
            state = intake({"timings": {}}, context)
            return picture_of({**state, **survey(state, context)}, context)
        except WhydownError:
            return None


def write_examples(examples: Iterable[Example], path: Path) -> int:
    """Write examples as JSON lines and return their number."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for example in examples:
            out.write(example.model_dump_json() + "\n")
            count += 1
    return count


def read_examples(path: Path) -> list[Example]:
    """Read examples from JSON lines."""
    return [Example.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
