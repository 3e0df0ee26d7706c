"""What an investigation takes and gives: Incident, Hypothesis, Report."""

from agent.schema.argument import Argument, Asked, Checked, Suggested
from agent.schema.classification import Classification, FailureClass
from agent.schema.hypothesis import ChainLink, Hypothesis
from agent.schema.incident import Incident
from agent.schema.report import HALVES, Report, Similar, SourceStatus, Usage, Verdict, Windows
from agent.schema.steering import Observation, Rejection, Steering

__all__ = [
    "HALVES",
    "Argument",
    "Asked",
    "ChainLink",
    "Checked",
    "Classification",
    "FailureClass",
    "Hypothesis",
    "Incident",
    "Observation",
    "Rejection",
    "Report",
    "Similar",
    "SourceStatus",
    "Steering",
    "Suggested",
    "Usage",
    "Verdict",
    "Windows",
]
