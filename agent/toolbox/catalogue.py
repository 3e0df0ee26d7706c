"""All tools, and those that an incident has the data for."""

from __future__ import annotations

from agent.toolbox import code, logs, memory, metrics, services, traces
from agent.toolbox.bench import Bench
from agent.toolbox.tool import Tool

ALL: tuple[Tool, ...] = (
    *services.TOOLS,
    *traces.TOOLS,
    *logs.TOOLS,
    *metrics.TOOLS,
    *code.TOOLS,
    *memory.TOOLS,
)


def available(bench: Bench) -> dict[str, Tool]:
    """Return the tools that can answer anything here, by name."""
    return {tool.name: tool for tool in ALL if tool.there(bench)}
