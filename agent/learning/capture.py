"""Confirm a run: write its postmortem, link it to what it recurs from, count what memory was worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from agent.learning.draft import Verdict, draft_postmortem
from agent.schema import Report
from knowledge.curation import add_postmortem
from knowledge.postmortem import Listing, Postmortem, PostmortemFolder, Status, Stored
from tools.errors import KnowledgeError
from tools.faults import FaultKind


@dataclass(frozen=True, slots=True)
class Captured:
    """What was written: the postmortem, what it recurs from, and the judged memories."""

    stored: Stored
    recurs_from: tuple[str, ...] = ()
    useful: tuple[str, ...] = field(default=())
    useless: tuple[str, ...] = field(default=())


def capture(folder: PostmortemFolder, report: Report, verdict: Verdict, person: str, moment: dt.datetime) -> Captured:
    """Write the confirmed postmortem of a run.

    The postmortem is on disk before anything else is touched, so that a crash costs counts at most.

    Raises:
        InputError: hypothesis, cause or resolution is missing.
        KnowledgeError: the run was confirmed before, or the folder cannot be written.
    """
    return capture_draft(folder, report, draft_postmortem(report, verdict), person, moment)


def capture_draft(
    folder: PostmortemFolder, report: Report, draft: Postmortem, person: str, moment: dt.datetime, identity: str = ""
) -> Captured:
    """Write a postmortem of a run that a person has read and perhaps changed.

    Args:
        folder: the knowledge base.
        report: the run's.
        draft: the postmortem.
        person: who vouches for it.
        moment: when, UTC.
        identity: its id; empty for the next free number.

    Raises:
        KnowledgeError: the run was confirmed before, or the folder cannot be written.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.writing():
        listing = folder.read_all()
        _refuse_twice(listing, report.run_id)
        recurs_from = earlier(listing, draft)
        provenance = draft.provenance.model_copy(update={"confirmed_by": person, "confirmed_at": moment})
        update = {"status": Status.CONFIRMED, "provenance": provenance, "recurs_from": recurs_from}
        stored = add_postmortem(folder, draft.model_copy(update=update), identity)
        useful, useless = judge_memory(folder, listing, report, stored.postmortem)
        return Captured(stored, recurs_from, useful, useless)


def _refuse_twice(listing: Listing, run_id: str) -> None:
    for stored in listing.stored.values():
        if run_id and stored.postmortem.provenance.run == run_id:
            raise KnowledgeError(f"run {run_id} is confirmed as {stored.postmortem.id}", f"edit {stored.path}")


def earlier(listing: Listing, draft: Postmortem) -> tuple[str, ...]:
    """Return ids of confirmed postmortems with the same service at fault and the same fault kind, latest first."""
    if draft.fault_kind is FaultKind.UNKNOWN or not draft.services:
        return ()
    same = [
        known
        for known in listing.postmortems()
        if known.status is Status.CONFIRMED
        and known.fault_kind is draft.fault_kind
        and draft.services[0] in known.services[:1]
    ]
    same.sort(key=lambda known: (known.date or dt.date.min, known.id), reverse=True)
    return tuple(known.id for known in same)


def judge_memory(
    folder: PostmortemFolder, listing: Listing, report: Report, confirmed: Postmortem
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Count for every postmortem that the run recalled whether it pointed the right way.

    It did when it names the confirmed fault kind, or, where its kind is unknown, the service at fault.

    Returns:
        Ids of useful ones and of useless ones.
    """
    useful: list[str] = []
    useless: list[str] = []
    for similar in report.similar:
        stored = listing.stored.get(similar.id)
        if stored is None:
            continue
        right = points_at(stored.postmortem, confirmed)
        name = "useful_in" if right else "useless_in"
        runs = getattr(stored.postmortem, name)
        judged = stored.postmortem.model_copy(update={name: tuple(dict.fromkeys((*runs, report.run_id)))})
        folder.write(judged, stored.path)
        (useful if right else useless).append(similar.id)
    return tuple(useful), tuple(useless)


def points_at(memory: Postmortem, confirmed: Postmortem) -> bool:
    """Tell whether a recalled postmortem pointed at what was confirmed."""
    if memory.fault_kind is FaultKind.UNKNOWN:
        return bool(set(memory.services[:1]) & set(confirmed.services[:1]))
    return memory.fault_kind is confirmed.fault_kind
