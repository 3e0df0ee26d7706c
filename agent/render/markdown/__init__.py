"""The report as GitHub-flavoured Markdown."""

from agent.render.markdown.report import to_markdown

__all__ = ["to_markdown"]
