"""Can the knowledge base be read, embedded and searched."""

from __future__ import annotations

from agent.doctor.finding import Finding, failed
from tools.config import KnowledgeSettings
from tools.errors import WhydownError

_NAME = "knowledge base"


def check_memory(settings: KnowledgeSettings) -> list[Finding]:
    """Open the knowledge base and embed a word with its model."""
    if settings.folder is None:
        remedy = "set knowledge.folder to have past incidents recalled"
        return [Finding(name=_NAME, status="off", detail="none is set up", remedy=remedy)]
    from knowledge.base import open_knowledge
    from knowledge.embedding import choose_embedder

    try:
        embedder = choose_embedder(settings)
        size = embedder.embed(["ready"]).shape[1]
        with open_knowledge(settings, embedder=embedder) as base:
            count, problems = len(base.listing.stored), base.listing.problems
    except WhydownError as error:
        return [failed(_NAME, error)]
    detail = f"{count} postmortems in {settings.folder}, indexed with {embedder.model_id} ({size} numbers a text)"
    if problems:
        wrong = f"; {len(problems)} files cannot be read, such as {problems[0]}"
        return [Finding(name=_NAME, status="failed", detail=detail + wrong, remedy="whydown kb lint names them all")]
    return [Finding(name=_NAME, status="ok", detail=detail)]
