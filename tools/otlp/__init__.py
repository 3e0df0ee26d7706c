"""OTLP, the OpenTelemetry protocol: decode it, receive it, import files of it, all into an incident folder."""

from tools.otlp.receive.collector import Collector

__all__ = ["Collector"]
