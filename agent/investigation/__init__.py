"""The investigation as a graph: intake, survey, recall, propose, gather, verify, rank, report."""

from agent.investigation.investigate import investigate, resume

__all__ = ["investigate", "resume"]
