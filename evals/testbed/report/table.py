"""The table fault × (rank of the component, fault kind, seconds), over all recorded seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from evals.rca.rows import Row
from evals.testbed.faults.catalogue import FAULTS, HEALTHY
from evals.testbed.recording.answer import Answer

LEFT_OUT = "not recorded"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict beside the answer. `waited` is seconds from the symptom to the end of the telemetry given."""

    row: Row
    answer: Answer
    seed: int
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    """How one recording was judged: a short text, and whether the component (or the innocence) is right.

    `seconds` runs from the symptom to the report; None for a fault that was not recorded.
    """

    text: str
    right: bool
    kind_right: bool
    seconds: float | None


Table = dict[str, dict[int, Cell]]
"""Cells by fault and seed."""


def tabulate(judged: Iterable[Judged], left_out: Iterable[tuple[str, int]] = ()) -> Table:
    """Return the table, faults in the order of the catalogue.

    Args:
        judged: the recordings.
        left_out: faults that were not recorded, with the seed.
    """
    found: Table = {name: {} for name in [*FAULTS, HEALTHY]}
    for name, seed in left_out:
        found[name][seed] = Cell(LEFT_OUT, False, False, None)
    for one in judged:
        found[one.answer.fault][one.seed] = cell(one)
    return {name: cells for name, cells in found.items() if cells}


def cell(one: Judged) -> Cell:
    """Return how one recording was judged."""
    row, answer = one.row, one.answer
    seconds = one.waited + (row.seconds or 0.0)
    if row.error:
        return Cell("failed", False, False, seconds)
    if answer.verdict == "healthy":
        load = row.accuses and answer.explained_as is not None and row.kind == answer.explained_as.value
        right = row.verdict == HEALTHY or load
        text = row.verdict if not row.accuses else f"blames {row.first} ({row.kind})"
        return Cell(text, right, right, seconds)
    kinds = {str(cause.fault_type) for cause in (answer, *answer.also)}
    kind_right = row.accuses and row.kind in kinds
    place = f"{row.rank}" if row.rank else f"({row.listed}) {row.verdict}" if row.listed else f"– {row.first}"
    return Cell(f"{place}, {row.kind}{' ✓' if kind_right else ''}", row.rank == 1, kind_right, seconds)


def markdown(found: Table) -> str:
    """Return the table in Markdown, with a line of totals below it."""
    seeds = sorted({seed for row in found.values() for seed in row})
    head = ["fault", "cause", "kind", *(f"seed {seed}" for seed in seeds), "s"]
    lines = [_line(head), _line(["---"] * (len(head) - 1) + ["---:"])]
    for name, row in found.items():
        fault = FAULTS.get(name)
        kind = fault.kind.value if fault and fault.kind else "none"
        texts = [row[seed].text if seed in row else "" for seed in seeds]
        lines.append(_line([name, fault.component if fault else "", kind, *texts, _middle(row.values())]))
    for words, what in (("component first", "right"), ("kind right", "kind_right")):
        lines.append(_line([f"**{words}**", "", "", *(_of_seed(found, seed, what) for seed in seeds), ""]))
    return "\n".join([*lines, "", totals(found)])


def _of_seed(found: Table, seed: int, what: str) -> str:
    """Return how many of the faults recorded with a seed were judged rightly."""
    cells = [row[seed] for name, row in found.items() if _is_fault(name) and seed in row]
    return _share([cell for cell in cells if cell.seconds is not None], what)


def totals(found: Table) -> str:
    """Return how often the component came first and the kind was right, and how many innocents were spared."""
    guilty = [cell for name, row in found.items() if _is_fault(name) for cell in row.values()]
    innocent = [cell for name, row in found.items() if not _is_fault(name) for cell in row.values()]
    recorded = [cell for cell in guilty if cell.seconds is not None]
    spared = [cell for cell in innocent if cell.seconds is not None]
    missing = len(guilty) + len(innocent) - len(recorded) - len(spared)
    parts = [
        f"Component first in {_share(recorded, 'right')} recordings with a fault, "
        f"fault kind right in {_share(recorded, 'kind_right')}; "
        f"{_share(spared, 'right')} healthy ones and look-alikes judged healthy or explained as load.",
        f"{_middle([*recorded, *spared])} s from the symptom to the report (median).",
    ]
    return " ".join([*parts, f"{missing} not recorded."] if missing else parts)


def _is_fault(name: str) -> bool:
    return name in FAULTS and FAULTS[name].kind is not None


def _share(cells: Sequence[Cell], what: str) -> str:
    return f"{sum(getattr(one, what) for one in cells)} of {len(cells)}"


def _middle(cells: Iterable[Cell]) -> str:
    seconds = [one.seconds for one in cells if one.seconds is not None]
    return f"{median(seconds):.0f}" if seconds else ""


def _line(parts: Sequence[str]) -> str:
    return f"| {' | '.join(parts)} |"
