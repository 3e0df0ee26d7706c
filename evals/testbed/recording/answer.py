"""The answer to a recording: what was really injected. Never inside the incident folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from evals.testbed.faults.fault import Fault
from tools.faults import FaultKind


class Answer(BaseModel):
    """The cause as written by whoever caused it; times in Unix seconds UTC.

    `root_cause_service`, `fault_type` and `inject_unix` are what `whydown eval rca` reads. Look-alikes and
    healthy recordings have no component, and a verdict that says so.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[1] = 1
    fault: str
    verdict: Literal["root_cause", "healthy"]
    root_cause_service: str
    accept: tuple[str, ...] = ()
    operation: str = ""
    fault_type: FaultKind | None = None
    fault_family: str = ""
    inject_unix: float | None = None
    chain: tuple[str, ...] = ()
    cause: str = ""
    severity: float | None = None
    also: tuple[Answer, ...] = ()
    """Further causes at work at the same time, each as right."""
    explained_as: FaultKind | None = None
    """For a look-alike: the kind that may rightly be named instead of calling it healthy."""
    seed: int

    def write(self, path: Path) -> None:
        """Write the answer as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")


def answer_of(fault: Fault, severity: float, inject_unix: float, seed: int) -> Answer:
    """Return the answer to a recording of a fault or look-alike."""
    family = fault.kind.family if fault.kind else None
    return Answer(
        fault=fault.name,
        verdict="root_cause" if fault.kind else "healthy",
        root_cause_service=fault.component,
        accept=fault.accept,
        operation=fault.operation,
        fault_type=fault.kind,
        fault_family=family.value if family else "",
        inject_unix=inject_unix,
        chain=fault.chain,
        cause=fault.cause,
        severity=severity,
        also=tuple(answer_of(other, other.knob.default, inject_unix, seed) for other in fault.also),
        explained_as=fault.explained_as,
        seed=seed,
    )


def healthy_answer(seed: int) -> Answer:
    """Return the answer to a recording in which nothing was injected."""
    return Answer(fault="healthy", verdict="healthy", root_cause_service="", cause="nothing was injected", seed=seed)
