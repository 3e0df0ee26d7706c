"""The survey: every analyser over every signal that answers, in parallel."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from tools.analysers.base import Analyser
from tools.config import SurveySettings
from tools.errors import SourceError
from tools.evidence import Evidence, numbered
from tools.sources import Telemetry
from tools.window import Scope

LOOK_S = 0.1
"""How often a survey looks whether it shall stop, seconds."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What the analysers found: numbered evidence, seconds per analyser, and what failed."""

    evidence: list[Evidence]
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def run_survey(
    telemetry: Telemetry,
    scope: Scope,
    settings: SurveySettings,
    analysers: Sequence[Analyser],
    progress: Callable[[str], None] = lambda name: None,
    found_so_far: Callable[[list[Evidence]], None] = lambda found: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Survey:
    """Run the analysers whose signals answer, each in a thread of its own.

    A source that fails takes down only the analysers that asked it, and is named in `failures`. So is an
    analyser that was not done when the survey was stopped; it is not waited for.

    Args:
        telemetry: the sources.
        scope: incident and baseline windows.
        settings: what counts as a finding.
        analysers: which to run.
        progress: called with an analyser's name when it is done.
        found_so_far: called with all evidence until then, numbered provisionally, when an analyser is done.
        stopped: asked every tenth of a second whether to end with what there is.
    """
    available = telemetry.available()
    wanted = [a for a in analysers if a.name not in settings.analysers_off]
    ready = [a for a in wanted if all(available[signal] for signal in a.signals)]
    found: dict[str, list[Evidence]] = {}
    seconds: dict[str, float] = {}
    failures: list[str] = []

    def ordered() -> list[Evidence]:
        return numbered([item for analyser in ready for item in found.get(analyser.name, [])])

    pool = ThreadPoolExecutor(max_workers=max(len(ready), 1))
    waiting = {pool.submit(_timed, a, telemetry, scope, settings): a.name for a in ready}
    try:
        while waiting and not stopped():
            for job in wait(waiting, LOOK_S, FIRST_COMPLETED).done:
                name = waiting.pop(job)
                try:
                    found[name], seconds[name] = job.result()
                except SourceError as error:
                    failures.append(f"{name}: {error}")
                progress(name)
                found_so_far(ordered())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    failures += [f"{name}: stopped before it was done" for name in waiting.values()]
    return Survey(ordered(), seconds, sorted(failures))


def _timed(
    analyser: Analyser, telemetry: Telemetry, scope: Scope, settings: SurveySettings
) -> tuple[list[Evidence], float]:
    started = time.perf_counter()
    found = analyser.run(telemetry, scope, settings)
    return found, time.perf_counter() - started
