"""What the knowledge base covers, and whether it is of use."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from knowledge.postmortem import Listing, Status
from tools.faults import FaultKind


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts; services and fault kinds of superseded postmortems are left out.

    Args:
        by_status: status → postmortems.
        broken: files that were skipped.
        by_service: service → postmortems, most first.
        by_kind: every known fault kind → postmortems, so that gaps show as zero.
        useful: id → confirmed runs it helped in, most first, zeros left out.
        recalled: runs in which any postmortem was judged useful or useless.
        helped: share of judgements that were useful; None when there is none.
    """

    by_status: dict[Status, int]
    broken: int
    by_service: dict[str, int]
    by_kind: dict[FaultKind, int]
    useful: dict[str, int]
    recalled: int
    helped: float | None


def count(listing: Listing) -> Stats:
    """Count a folder's postmortems."""
    everything = listing.postmortems()
    current = [postmortem for postmortem in everything if postmortem.status is not Status.SUPERSEDED]
    kinds = Counter(postmortem.fault_kind for postmortem in current)
    useful = sum(len(postmortem.useful_in) for postmortem in everything)
    judged = useful + sum(len(postmortem.useless_in) for postmortem in everything)
    uses = Counter({postmortem.id: postmortem.usefulness for postmortem in current if postmortem.usefulness})
    statuses = Counter(postmortem.status for postmortem in everything)
    return Stats(
        by_status={status: statuses[status] for status in Status},
        broken=len({problem.path for problem in listing.problems}),
        by_service=dict(Counter(name for postmortem in current for name in set(postmortem.services)).most_common()),
        by_kind={kind: kinds[kind] for kind in FaultKind},
        useful=dict(uses.most_common()),
        recalled=len({run for postmortem in everything for run in (*postmortem.useful_in, *postmortem.useless_in)}),
        helped=useful / judged if judged else None,
    )
