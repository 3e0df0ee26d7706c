"""whydown itself: the investigation that every user gets."""

from __future__ import annotations

from agent.investigation import investigate
from agent.schema import Incident
from evals.rca.methods.base import Findings
from tools.config import Settings


def investigate_case(incident: Incident, settings: Settings) -> Findings:
    """Return the components of the report's hypotheses, and the report."""
    report = investigate(incident, settings)
    return Findings(tuple(dict.fromkeys(h.component for h in report.hypotheses)), report)
