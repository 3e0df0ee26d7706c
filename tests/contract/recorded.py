"""The contract: a source that holds a recorded incident gives the evidence that the embedded store gives.

A test puts a bundled recording into a backend (or a folder built from a backend's recorded answers into
the embedded store), surveys both with the analysers of one signal, and hands both to `assert_same`.
What a backend cannot know as exactly is a tolerance, stated where the test is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.investigation.intake import choose_windows, whole_extent
from agent.schema import Incident
from tools.analysers import ALL
from tools.analysers.survey import run_survey
from tools.config import StoreSettings, SurveySettings
from tools.evidence import Evidence, Subject
from tools.incident import open_folder
from tools.sources import Telemetry
from tools.store.open import open_telemetry
from tools.window import Scope

RECORDINGS = Path("evals/recordings")
RECORDING = RECORDINGS / "payment-slow"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far evidence may differ.

    `relative` is of baseline and incident values, `onset_seconds` of onsets. `strong` is the absolute
    effect from which a finding must be there in both; what is weaker may come and go with rounding.
    """

    relative: float = 0.02
    onset_seconds: float = 1.0
    strong: float = 3.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording in the embedded store, and the windows that are compared."""

    telemetry: Telemetry
    scope: Scope


def recorded(folder: Path = RECORDING) -> Recorded:
    """Open a bundled recording."""
    found = open_folder(folder)
    telemetry = open_telemetry(found, StoreSettings())
    scope, _ = choose_windows(Incident(folder=folder), found, telemetry, whole_extent(telemetry))
    return Recorded(telemetry, scope)


def survey(telemetry: Telemetry, scope: Scope, *analysers: str) -> list[Evidence]:
    """Return the evidence of some analysers; every one of them must have answered."""
    wanted = [analyser for analyser in ALL if analyser.name in analysers]
    assert len(wanted) == len(analysers)
    found = run_survey(telemetry, scope, SurveySettings(), wanted)
    assert found.failures == []
    return found.evidence


def plain(subject: Subject) -> str:
    """Return a subject as one comparable text: spelling of names differs between conventions.

    Prometheus writes underscores for dots and appends units; attributes are in another order then.
    """
    name, _, attributes = subject.name.partition("{")
    parts = (subject.kind, subject.service, subject.operation, subject.pod, subject.peer, name)
    words = [re.sub(r"[^a-z0-9/=]+", "_", part.lower()).strip("_") for part in parts]
    words[-1] = re.sub(r"(_seconds|_bytes|_ratio)?(_total)?$", "", words[-1])
    inside = sorted(re.sub(r"[^a-z0-9/=]+", "_", part.lower()).strip("_") for part in attributes.split(","))
    return " ".join([*words, *inside]).strip()


def assert_same(expected: Sequence[Evidence], found: Sequence[Evidence], tolerance: Tolerance) -> None:
    """Check that both hold the same strong findings with the same numbers."""
    known = {(item.kind, plain(item.subject)): item for item in found}
    for want in (item for item in expected if abs(item.effect) >= tolerance.strong and not item.uncertain):
        got = known.get((want.kind, plain(want.subject)))
        assert got is not None, f"missing: {want.statement}; there are {sorted(name for _, name in known)}"
        assert_close(want, got, tolerance)
    ours = {(item.kind, plain(item.subject)) for item in expected}
    surplus = [
        item.statement
        for key, item in known.items()
        if key not in ours and abs(item.effect) >= 2 * tolerance.strong and not item.uncertain
    ]
    assert surplus == []


def assert_close(want: Evidence, got: Evidence, tolerance: Tolerance) -> None:
    """Check values, direction and onset of one finding."""
    assert (want.effect > 0) == (got.effect > 0), got.statement
    for a, b in ((want.baseline, got.baseline), (want.incident, got.incident)):
        if a is None or b is None:
            assert a is b is None, got.statement
        else:
            assert abs(a - b) <= tolerance.relative * max(abs(a), abs(b), 1e-9), f"{got.statement} ≠ {want.statement}"
    if want.onset is not None and got.onset is not None:
        apart = abs((want.onset - got.onset).total_seconds())
        assert apart <= tolerance.onset_seconds, f"{got.statement}: onset {apart:.1f} s apart"
