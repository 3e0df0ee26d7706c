"""Bring foreign postmortems in: free-form Markdown and JSON lines, with an account of what was understood."""

from knowledge.importing.markdown import understand_markdown
from knowledge.importing.records import parse_field_map, understand_record
from knowledge.importing.sources import read_sources
from knowledge.importing.understood import Understood

__all__ = ["Understood", "parse_field_map", "read_sources", "understand_markdown", "understand_record"]
