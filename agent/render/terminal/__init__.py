"""The report as text for a terminal."""

from agent.render.terminal.finding import finding_view
from agent.render.terminal.report import report_view, verdict_line

__all__ = ["finding_view", "report_view", "verdict_line"]
