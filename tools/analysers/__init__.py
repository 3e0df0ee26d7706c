"""Analysers: small pure functions from telemetry to evidence. `ALL` is the survey."""

from tools.analysers.base import Analyser
from tools.analysers.latency import LATENCY

ALL: tuple[Analyser, ...] = (LATENCY,)

__all__ = ["ALL", "Analyser"]
