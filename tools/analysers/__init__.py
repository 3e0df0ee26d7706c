"""Analysers: small pure functions from telemetry to evidence. `ALL` is the survey."""

from tools.analysers.base import Analyser
from tools.analysers.changes import CHANGES
from tools.analysers.clocks import CLOCKS
from tools.analysers.errors import ERRORS
from tools.analysers.latency import LATENCY
from tools.analysers.logs import LOGS
from tools.analysers.metrics import METRICS
from tools.analysers.segments import SEGMENTS
from tools.analysers.structure import STRUCTURE
from tools.analysers.topology import TOPOLOGY

ALL: tuple[Analyser, ...] = (LATENCY, ERRORS, STRUCTURE, LOGS, METRICS, CHANGES, TOPOLOGY, SEGMENTS, CLOCKS)

__all__ = ["ALL", "Analyser"]
