"""Renderings of a report: terminal, Markdown, JSON. All of them treat telemetry as hostile text."""

from agent.render.console import open_console, print_view
from agent.render.markdown import to_markdown
from agent.render.progress import investigation_progress
from agent.render.terminal import report_view

__all__ = ["investigation_progress", "open_console", "print_view", "report_view", "to_markdown"]
