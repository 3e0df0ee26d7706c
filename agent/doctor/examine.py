"""Look at everything that is set up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agent.doctor.finding import Diagnosis, Finding
from agent.doctor.language_model import check_model
from agent.doctor.machine import check_machine
from agent.doctor.memory import check_memory
from agent.doctor.telemetry import check_telemetry, has_live_sources
from tools.config import FILE_NAME, Settings
from tools.redact import redact_model

Progress = Callable[[str], None]
"""Called with what is being looked at."""


def examine(
    place: Path | None, settings: Settings, file: Path | None = None, progress: Progress = lambda what: None
) -> Diagnosis:
    """Try everything that is configured.

    Args:
        place: an incident folder or a settings file with live backends; None means those of the configuration.
        settings: configuration.
        file: where the configuration comes from; None means the working folder.
        progress: told of every step.

    Returns:
        What works and what does not, without secrets.
    """
    if place is None and has_live_sources(settings):
        place = file or Path(FILE_NAME)
    steps: dict[str, Callable[[], list[Finding]]] = {
        "this machine": lambda: check_machine(settings),
        "telemetry": lambda: check_telemetry(place, settings),
        "knowledge base": lambda: check_memory(settings.knowledge),
        "language model": lambda: check_model(settings.model),
    }
    findings: list[Finding] = []
    for what, look in steps.items():
        progress(what)
        findings += look()
    healthy = all(finding.status != "failed" for finding in findings)
    return redact_model(Diagnosis(ok=healthy, findings=tuple(findings)))
