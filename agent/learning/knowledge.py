"""What the front doors ask of the knowledge base."""

from __future__ import annotations

from agent.learning.progress import tell_embedding
from knowledge.base import open_knowledge
from knowledge.postmortem import Postmortem, Problem
from knowledge.retrieval import Found, Query
from tools.clock import now
from tools.config import KnowledgeSettings
from tools.errors import InputError
from tools.faults import FaultKind


def search_knowledge(settings: KnowledgeSettings, text: str, services: list[str], limit: int) -> Found:
    """Search, with the index brought up to date first.

    Raises:
        InputError: there is nothing to search for.
        KnowledgeError: the knowledge base cannot be opened.
    """
    if not text.strip():
        raise InputError("nothing to search for", 'whydown kb search "what is seen"')
    with open_knowledge(settings, tell_embedding) as base:
        query = Query(text, services=frozenset(services), today=now().date())
        return base.searcher.search(query, limit)


def index_knowledge(settings: KnowledgeSettings, *, prune: bool) -> tuple[int, list[Problem], int, int]:
    """Bring the index up to date.

    Returns:
        Postmortems, files that were skipped and why, chunks embedded, vectors dropped.

    Raises:
        KnowledgeError: the knowledge base cannot be opened.
    """
    with open_knowledge(settings, tell_embedding, prune=prune) as base:
        return len(base.listing.stored), base.listing.problems, base.added, base.dropped


def new_draft(
    title: str, services: list[str], fault_kind: str, symptoms: str, cause: str, resolution: str, owner: str
) -> Postmortem:
    """Return a draft of today; its id is chosen when it is written.

    Raises:
        InputError: the title is empty or the fault kind unknown.
    """
    if not title.strip():
        raise InputError("the title is empty", "say in one line what happened")
    return Postmortem(
        id="new",
        title=title,
        date=now().date(),
        services=tuple(services),
        fault_kind=read_kind(fault_kind),
        symptoms=symptoms,
        root_cause=cause,
        resolution=resolution,
        owner=owner,
    )


def read_kind(text: str) -> FaultKind:
    """Return the fault kind that a person typed; blanks and hyphens are as good as underscores.

    Raises:
        InputError: there is no such kind.
    """
    plain = text.strip().casefold().replace(" ", "_").replace("-", "_")
    for kind in FaultKind:
        if kind.value == plain:
            return kind
    raise InputError(f"no fault kind {text!r}", "one of " + ", ".join(kind.value for kind in FaultKind))
