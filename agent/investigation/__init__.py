"""The investigation as a graph: intake, survey, recall, hear, propose, gather, verify, rank, report."""

from agent.investigation.alert import from_alert
from agent.investigation.investigate import investigate, resume, revise
from agent.investigation.watch import Interim, Watch

__all__ = ["Interim", "Watch", "from_alert", "investigate", "resume", "revise"]
