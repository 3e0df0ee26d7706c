"""Renderings of a report: terminal, Markdown, JSON. All of them treat telemetry as hostile text."""

from agent.render.console import open_console, print_view
from agent.render.json_text import to_json
from agent.render.markdown import to_markdown
from agent.render.progress import investigation_progress
from agent.render.terminal import finding_view, report_view, verdict_line

__all__ = [
    "finding_view",
    "investigation_progress",
    "open_console",
    "print_view",
    "report_view",
    "to_json",
    "to_markdown",
    "verdict_line",
]
