"""The knowledge base for a terminal and as JSON. Postmortems may quote hostile text, so all of it is cleaned."""

from agent.render.knowledge.curation import (
    captured_view,
    import_view,
    problems_view,
    recurrences_view,
    review_view,
    stats_view,
)
from agent.render.knowledge.search import found_json, found_view, postmortem_view

__all__ = [
    "captured_view",
    "found_json",
    "found_view",
    "import_view",
    "postmortem_view",
    "problems_view",
    "recurrences_view",
    "review_view",
    "stats_view",
]
