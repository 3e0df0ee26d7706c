"""whydown itself: the investigation that every user gets."""

from __future__ import annotations

from agent.investigation import investigate
from agent.model import ChatModel
from agent.schema import Incident
from evals.rca.methods.base import Findings
from tools.config import Settings


def investigate_case(incident: Incident, settings: Settings, model: ChatModel | None = None) -> Findings:
    """Return the components of the report's hypotheses, and the report.

    Args:
        incident: what to investigate.
        settings: configuration.
        model: a language model to investigate with.
    """
    report = investigate(incident, settings, model=model)
    return Findings(tuple(dict.fromkeys(h.component for h in report.hypotheses)), report)
