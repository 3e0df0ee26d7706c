"""Find postmortems like an incident: words and meaning fused by rank, boosted by what else is known."""

from knowledge.retrieval.match import Found, Match, Query
from knowledge.retrieval.search import METHODS, Method, Searcher
from knowledge.retrieval.strength import MIN_STRENGTH

__all__ = ["METHODS", "MIN_STRENGTH", "Found", "Match", "Method", "Query", "Searcher"]
