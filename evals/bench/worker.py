"""One survey in a process of its own: `python -m evals.bench.worker FOLDER` prints what it did as JSON."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from pydantic import BaseModel

from tools.analysers import ALL
from tools.analysers.survey import run_survey
from tools.config import load_settings
from tools.incident import open_folder
from tools.store.open import open_telemetry
from tools.window import Scope, TimeWindow


class SurveyCost(BaseModel):
    """What a survey did: seconds of each step, whom the evidence is about (strongest first), and notes."""

    seconds: dict[str, float]
    services: list[str]
    failures: list[str]
    notes: list[str]


def survey(folder: Path) -> SurveyCost:
    """Survey the windows that a folder's incident.json names."""
    settings = load_settings()
    started = time.perf_counter()
    found_folder = open_folder(folder)
    telemetry = open_telemetry(found_folder, settings.store)
    opened = time.perf_counter() - started
    file = found_folder.file
    if file.fault_window_unix is None or file.normal_window_unix is None:
        raise SystemExit("the benchmark's incident.json names both windows")
    scope = Scope.of(
        TimeWindow.from_seconds(*file.fault_window_unix), [TimeWindow.from_seconds(*file.normal_window_unix)]
    )
    found = run_survey(telemetry, scope, settings.survey, ALL)
    strongest = sorted(found.evidence, key=lambda item: -abs(item.effect))
    return SurveyCost(
        seconds={"open": opened, **found.seconds},
        services=[item.subject.service for item in strongest],
        failures=found.failures,
        notes=[note for source in telemetry.present() for note in source.degradations()],
    )


if __name__ == "__main__":
    print(survey(Path(sys.argv[1])).model_dump_json())
