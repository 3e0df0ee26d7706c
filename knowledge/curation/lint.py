"""What a reader of a postmortem will miss. Warnings, not errors: the files can be used as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from knowledge.postmortem import Listing, Postmortem, Problem, Status
from tools.faults import FaultKind

_OLD_DRAFT = 30
"""Days after which nobody remembers enough to confirm a draft."""


def lint(listing: Listing, today: dt.date) -> list[Problem]:
    """Return errors of files that were skipped, then warnings, in order of path."""
    problems = list(listing.problems)
    for stored in listing.stored.values():
        warnings = [
            *_missing(stored.postmortem),
            *_links(stored.postmortem, listing),
            *_times(stored.postmortem, today),
        ]
        problems += [Problem(stored.path, 0, f"{stored.postmortem.id} {text}") for text in warnings]
    return problems


def _missing(postmortem: Postmortem) -> Iterator[str]:
    if postmortem.status is Status.SUPERSEDED:
        return
    for name, why in (
        ("symptoms", "has no symptoms: it will hardly be found"),
        ("root_cause", "has no root cause"),
        ("resolution", "has no resolution"),
    ):
        if not postmortem.section(name):
            yield why
    if not postmortem.services:
        yield "names no service"
    if postmortem.fault_kind is FaultKind.UNKNOWN:
        yield "has no fault kind"
    if not postmortem.owner:
        yield "has no owner"
    if postmortem.status is Status.CONFIRMED and not postmortem.provenance.confirmed_by:
        yield "is confirmed by nobody"


def _links(postmortem: Postmortem, listing: Listing) -> Iterator[str]:
    if postmortem.status is Status.SUPERSEDED and not postmortem.superseded_by:
        yield "is superseded, but not by what"
    if postmortem.superseded_by and postmortem.status is not Status.SUPERSEDED:
        yield "names a successor, but its status is not superseded"
    for other in (*postmortem.recurs_from, *filter(None, [postmortem.superseded_by])):
        if other not in listing.stored:
            yield f"refers to {other}, which is not there"


def _times(postmortem: Postmortem, today: dt.date) -> Iterator[str]:
    if postmortem.date is None:
        yield "has no date"
    elif postmortem.date > today:
        yield f"is dated {postmortem.date}, in the future"
    elif postmortem.status is Status.DRAFT and (today - postmortem.date).days > _OLD_DRAFT:
        yield f"has been a draft for {(today - postmortem.date).days} days"
