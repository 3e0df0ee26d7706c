"""The review queue: what a person should look at, in the order in which it pays."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from knowledge.curation.duplicates import Pair, find_duplicates
from knowledge.postmortem import Listing, Status, Stored

STALE_HALF_LIVES = 4
"""After four half-lives a postmortem that never helped counts a sixteenth: time to ask whether it is still true."""


@dataclass(frozen=True, slots=True)
class Review:
    """Drafts, newest first; alike pairs without a link; confirmed ones that are old and never helped, oldest first."""

    drafts: list[Stored]
    duplicates: list[Pair]
    stale: list[Stored]


def review(listing: Listing, today: dt.date, half_life_days: float) -> Review:
    """Return the queue."""
    stored = list(listing.stored.values())
    oldest = today - dt.timedelta(days=round(STALE_HALF_LIVES * half_life_days))
    drafts = [item for item in stored if item.postmortem.status is Status.DRAFT]
    stale = [
        item
        for item in stored
        if item.postmortem.status is Status.CONFIRMED
        and not item.postmortem.usefulness
        and item.postmortem.date is not None
        and item.postmortem.date < oldest
    ]
    return Review(
        drafts=sorted(drafts, key=lambda item: item.postmortem.date or dt.date.min, reverse=True),
        duplicates=[pair for pair in find_duplicates(listing.postmortems()) if not pair.linked],
        stale=sorted(stale, key=lambda item: item.postmortem.date or dt.date.min),
    )
