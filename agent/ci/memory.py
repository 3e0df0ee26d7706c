"""Past incidents like a failed run, from the knowledge base: a prior and a suggestion, never evidence."""

from __future__ import annotations

import datetime as dt

from agent.ci.facts import Facts
from agent.investigation.recall import SHOWN, recalled
from agent.schema import Similar, SourceStatus
from tools.config import KnowledgeSettings
from tools.errors import KnowledgeError

SEARCHED = 600
"""Characters of the failure's text that are searched with: more would drown what it says."""


def remember(
    facts: Facts, known: tuple[Similar, ...], day: dt.date, settings: KnowledgeSettings
) -> tuple[tuple[Similar, ...], list[SourceStatus]]:
    """Return confirmed postmortems like this failure, most alike first, and what kept them from being read.

    Args:
        facts: what was found in logs, tests and change.
        known: those that an investigation of the telemetry has recalled already.
        day: UTC day of the run.
        settings: without a folder nothing is read and Chroma is not imported.
    """
    if settings.folder is None or not facts.evidence:
        return known, []
    from knowledge.base import open_knowledge

    try:
        with open_knowledge(settings) as base:
            found = recalled(base.searcher, facts.failure[-SEARCHED:], list(facts.evidence), day)
    except KnowledgeError as error:
        return known, [SourceStatus(signal="knowledge", available=False, notes=(str(error),))]
    best = {one.id: one for one in sorted([*known, *found], key=lambda one: one.strength)}
    return tuple(sorted(best.values(), key=lambda one: (-one.strength, one.id))[:SHOWN]), []
