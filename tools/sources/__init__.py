"""Telemetry sources: the protocols and the rows they answer with."""

from tools.sources.protocols import ChangeSource, LogSource, MetricSource, Source, Telemetry, TraceSource

__all__ = ["ChangeSource", "LogSource", "MetricSource", "Source", "Telemetry", "TraceSource"]
