"""The report as text for a terminal."""

from agent.render.terminal.report import report_view

__all__ = ["report_view"]
