"""Renderings of a report: terminal, Markdown, JSON. No judgement happens here."""
