"""Which evidence belongs to a hypothesis, and on which side."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from agent.schema import Hypothesis
from tools.evidence import Evidence, EvidenceKind

Side = Literal["for", "against", "missing", "other"]
Filter = Literal["hypothesis", "for", "against", "missing", "all"]
FILTERS: tuple[Filter, ...] = ("hypothesis", "for", "against", "missing", "all")
"""In the order in which a person goes through them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the evidence list: a finding, or something that is missing and has none."""

    side: Side
    evidence: Evidence | None = None
    gap: str = ""
    pinned: bool = False

    @property
    def key(self) -> str:
        """Return what identifies the line: the finding's id, or the text of the gap."""
        return self.evidence.id if self.evidence else f"gap:{self.gap}"


class Shelf:
    """All evidence, loudest first, so that what belongs to a hypothesis is found without going through all of it.

    Args:
        evidence: all of it.
    """

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        self._items = {item.id: Item("other", item) for item in sorted(evidence, key=_loudness)}
        self._texts = {ref: _text(item) for ref, item in self._items.items()}

    def items(
        self,
        hypothesis: Hypothesis | None,
        wanted: Filter = "hypothesis",
        search: str = "",
        pinned: Collection[str] = (),
    ) -> list[Item]:
        """Return the lines to show: pinned ones first, then for, against and missing, then all others.

        Args:
            hypothesis: the selected one; without it all evidence is shown.
            wanted: which sides.
            search: text that a line must contain; upper and lower case do not matter.
            pinned: ids of findings kept in sight.
        """
        sides = _sides(hypothesis)
        shown = _SHOWN["all" if hypothesis is None and wanted == "hypothesis" else wanted]
        special = [
            Item(side, item.evidence, pinned=ref in pinned)
            for ref in {**sides, **dict.fromkeys(pinned)}
            if (item := self._items.get(ref)) and ((side := sides.get(ref, "other")) in shown or ref in pinned)
        ]
        if "missing" in shown:
            special += [Item("missing", gap=gap) for gap in (hypothesis.missing if hypothesis else ())]
        special.sort(key=lambda item: (not item.pinned, _ORDER.index(item.side), _loudness(item.evidence)))
        taken = {item.key for item in special}
        others = [item for ref, item in self._items.items() if ref not in taken] if "other" in shown else []
        found = [*special, *others]
        needle = search.casefold()
        return [item for item in found if needle in (self._texts.get(item.key) or _text(item))] if needle else found


def counts(hypothesis: Hypothesis) -> dict[Side, int]:
    """Return how many lines each side of a hypothesis has."""
    return {
        "for": len(hypothesis.supports),
        "against": len(hypothesis.contradicts),
        "missing": len(hypothesis.missing),
    }


_ORDER: tuple[Side, ...] = ("for", "against", "missing", "other")
_SHOWN: dict[Filter, tuple[Side, ...]] = {
    "hypothesis": ("for", "against", "missing"),
    "for": ("for",),
    "against": ("against",),
    "missing": ("missing",),
    "all": _ORDER,
}


def _sides(hypothesis: Hypothesis | None) -> dict[str, Side]:
    if hypothesis is None:
        return {}
    against: dict[str, Side] = dict.fromkeys(hypothesis.contradicts, "against")
    return {**against, **dict.fromkeys(hypothesis.supports, "for")}


def _text(item: Item) -> str:
    return (f"{item.evidence.id} {item.evidence.statement}" if item.evidence else item.gap).casefold()


def _loudness(item: Evidence | None) -> float:
    if item is None:
        return 0.0
    seen = item.kind is EvidenceKind.OBSERVATION  # has no effect size, and whoever said it looks for it
    return float("-inf") if seen else -abs(item.effect)
