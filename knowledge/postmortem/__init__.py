"""A postmortem: its schema, its Markdown file with front matter, and the folder that is the truth."""

from knowledge.postmortem.folder import CACHE, Listing, PostmortemFolder, Stored, make_cache
from knowledge.postmortem.problem import Problem
from knowledge.postmortem.read import parse_postmortem, read_postmortem
from knowledge.postmortem.render import render_postmortem
from knowledge.postmortem.schema import Postmortem, Provenance, Status

__all__ = [
    "CACHE",
    "Listing",
    "Postmortem",
    "PostmortemFolder",
    "Problem",
    "Provenance",
    "Status",
    "Stored",
    "make_cache",
    "parse_postmortem",
    "read_postmortem",
    "render_postmortem",
]
