"""The collector: receive OTLP, make it durable before acknowledging, turn it into Parquet parts."""

from tools.otlp.receive.collector import Collector

__all__ = ["Collector"]
