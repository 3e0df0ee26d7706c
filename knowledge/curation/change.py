"""Every change that a person may make. Nothing is ever deleted: what is replaced is marked superseded."""

from __future__ import annotations

import datetime as dt

from knowledge.importing import Understood
from knowledge.postmortem import Postmortem, PostmortemFolder, Status, Stored
from tools.errors import KnowledgeError
from tools.faults import FaultKind

_SECTIONS = ("symptoms", "root_cause", "resolution", "validation", "notes")


def add_postmortem(folder: PostmortemFolder, postmortem: Postmortem, identity: str = "") -> Stored:
    """Write a new postmortem under a given id, or under the next free one.

    Raises:
        KnowledgeError: the id is taken, or the folder cannot be written.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.writing():
        listing = folder.read_all()
        if identity in listing.stored:
            raise KnowledgeError(f"{identity} exists", f"edit {listing.stored[identity].path}")
        numbered = postmortem.model_copy(update={"id": identity or folder.next_id(listing)})
        return Stored(numbered, folder.write(numbered))


def import_drafts(folder: PostmortemFolder, found: list[Understood]) -> tuple[list[Stored], list[Understood]]:
    """Write what was understood as drafts; a source that was imported before is left alone.

    Returns:
        What was written, and what was skipped.

    Raises:
        KnowledgeError: the folder cannot be written.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.writing():
        listing = folder.read_all()
        known = {postmortem.provenance.source for postmortem in listing.postmortems()}
        number = int(folder.next_id(listing).rpartition("-")[2])
        written, skipped = [], []
        for item in found:
            if item.source in known:
                skipped.append(item)
                continue
            draft = item.postmortem.model_copy(update={"id": f"PM-{number}", "status": Status.DRAFT})
            written.append(Stored(draft, folder.write(draft)))
            known.add(item.source)
            number += 1
    return written, skipped


def confirm_postmortem(folder: PostmortemFolder, postmortem_id: str, person: str, moment: dt.datetime) -> Stored:
    """Note that a person vouches for a postmortem.

    Raises:
        KnowledgeError: there is none, it is superseded, or it tells neither cause nor resolution.
    """
    with folder.writing():
        stored = folder.get(postmortem_id)
        postmortem = stored.postmortem
        if postmortem.status is Status.SUPERSEDED:
            raise KnowledgeError(
                f"{postmortem.id} is superseded", f"confirm {postmortem.superseded_by or 'its successor'}"
            )
        if not postmortem.root_cause and not postmortem.resolution:
            raise KnowledgeError(
                f"{postmortem.id} tells neither cause nor resolution", f"write them into {stored.path}"
            )
        provenance = postmortem.provenance.model_copy(update={"confirmed_by": person, "confirmed_at": moment})
        confirmed = postmortem.model_copy(update={"status": Status.CONFIRMED, "provenance": provenance})
        return Stored(confirmed, folder.write(confirmed, stored.path))


def supersede(folder: PostmortemFolder, old: str, new: str) -> Stored:
    """Mark a postmortem as replaced by another one.

    Raises:
        KnowledgeError: one of them does not exist, both are the same, or the new one is superseded itself.
    """
    with folder.writing():
        successor, replaced = _successor_and_replaced(folder, new, old)
        update = {"status": Status.SUPERSEDED, "superseded_by": successor.postmortem.id}
        marked = replaced.postmortem.model_copy(update=update)
        return Stored(marked, folder.write(marked, replaced.path))


def merge_postmortems(folder: PostmortemFolder, keep: str, other: str) -> Stored:
    """Take everything that only the other one tells into the first, then supersede the other.

    Raises:
        KnowledgeError: as for `supersede`.
    """
    with folder.writing():
        first, second = _successor_and_replaced(folder, keep, other)
        merged = first.postmortem.model_copy(update=_union(first.postmortem, second.postmortem))
        path = folder.write(merged, first.path)
        supersede(folder, second.postmortem.id, first.postmortem.id)
        return Stored(merged, path)


def _successor_and_replaced(folder: PostmortemFolder, new: str, old: str) -> tuple[Stored, Stored]:
    successor, replaced = folder.get(new), folder.get(old)
    if successor.postmortem.id == replaced.postmortem.id:
        raise KnowledgeError(f"{new} cannot replace itself", "give two ids")
    if successor.postmortem.status is Status.SUPERSEDED:
        raise KnowledgeError(f"{new} is superseded", f"use {successor.postmortem.superseded_by}")
    return successor, replaced


def _union(first: Postmortem, second: Postmortem) -> dict[str, object]:
    lists = ("services", "dependencies", "links", "recurs_from", "useful_in", "useless_in")
    update: dict[str, object] = {
        name: tuple(dict.fromkeys((*getattr(first, name), *getattr(second, name)))) for name in lists
    }
    for name in _SECTIONS:
        mine, others = first.section(name), second.section(name)
        if others and others not in mine:
            update[name] = f"{mine}\n\n{others}".strip("\n")
    dates = [day for day in (first.date, second.date) if day]
    update["date"] = max(dates) if dates else None
    if first.fault_kind is FaultKind.UNKNOWN:
        update["fault_kind"] = second.fault_kind
    for name in ("severity", "owner"):
        update[name] = getattr(first, name) or getattr(second, name)
    return update
