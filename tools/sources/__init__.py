"""Telemetry sources: the protocols and the rows they answer with."""

from tools.sources.fetched import Fetched
from tools.sources.protocols import (
    ChangeSource,
    LiveSource,
    LogSource,
    MetricSource,
    Source,
    Telemetry,
    TraceSource,
    Unanswered,
)

__all__ = [
    "ChangeSource",
    "Fetched",
    "LiveSource",
    "LogSource",
    "MetricSource",
    "Source",
    "Telemetry",
    "TraceSource",
    "Unanswered",
]
