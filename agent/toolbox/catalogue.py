"""All tools, and those that an incident or a failed CI run has the data for."""

from __future__ import annotations

from typing import Any

from agent.toolbox import code, failed_run, logs, memory, metrics, services, traces
from agent.toolbox.bench import Bench
from agent.toolbox.failed_run import RunBench
from agent.toolbox.tool import Tool

ALL: tuple[Tool[Bench], ...] = (
    *services.TOOLS,
    *traces.TOOLS,
    *logs.TOOLS,
    *metrics.TOOLS,
    *code.TOOLS,
    *memory.TOOLS,
)


def available(bench: Bench | RunBench) -> dict[str, Tool[Any]]:
    """Return the tools that can answer anything here, by name."""
    if isinstance(bench, RunBench):
        return {tool.name: tool for tool in failed_run.TOOLS if tool.there(bench)}
    return {tool.name: tool for tool in ALL if tool.there(bench)}
