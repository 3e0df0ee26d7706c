"""Telemetry sources: the protocols and the rows they answer with."""

from tools.sources.fetched import Fetched
from tools.sources.protocols import (
    ChangeSource,
    DetailedMetrics,
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
    "DetailedMetrics",
    "Fetched",
    "LiveSource",
    "LogSource",
    "MetricSource",
    "Source",
    "Telemetry",
    "TraceSource",
    "Unanswered",
]
