"""The table fault × (rank of the component, fault kind, seconds), over all recorded seeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.rca.rows import Row
from evals.testbed.faults.catalogue import FAULTS, HEALTHY
from evals.testbed.recording.answer import Answer


@dataclass(frozen=True, slots=True)
class Cell:
    """How one recording was judged: a short text, and whether the component (or the innocence) is right."""

    text: str
    right: bool
    kind_right: bool
    seconds: float


def cells(rows: Iterable[Row], answers: Mapping[str, Answer]) -> dict[str, list[Cell]]:
    """Return the cells of each fault, by case id; rows without an answer are left out."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.id):
        if row.id in answers:
            answer = answers[row.id]
            found[answer.fault].append(_cell(row, answer))
    return {name: found[name] for name in [*FAULTS, HEALTHY] if name in found}


def _cell(row: Row, answer: Answer) -> Cell:
    seconds = row.seconds or 0.0
    if row.error:
        return Cell("failed", False, False, seconds)
    if answer.verdict == "healthy":
        load = answer.explained_as is not None and row.kind == answer.explained_as.value
        right = row.verdict == HEALTHY or load
        text = row.verdict if not row.accuses else f"blames {row.first} ({row.kind})"
        return Cell(text, right, right, seconds)
    kinds = {str(one.fault_type) for one in (answer, *answer.also)}
    kind_right = row.accuses and row.kind in kinds
    place = f"{row.rank}" if row.rank else f"({row.listed}) {row.verdict}" if row.listed else f"– {row.first}"
    return Cell(f"{place}, {row.kind}{' ✓' if kind_right else ''}", row.rank == 1, kind_right, seconds)


def markdown(found: Mapping[str, Sequence[Cell]]) -> str:
    """Return the table in Markdown, with a line of totals below it."""
    seeds = max((len(one) for one in found.values()), default=0)
    head = ["fault", "cause", "kind", *(f"seed {number}" for number in range(1, seeds + 1)), "s"]
    lines = [_line(head), _line(["---"] * len(head))]
    for name, row in found.items():
        fault = FAULTS.get(name)
        kind = fault.kind.value if fault and fault.kind else "none"
        texts = [cell.text for cell in row] + [""] * (seeds - len(row))
        mean = sum(cell.seconds for cell in row) / len(row)
        lines.append(_line([name, fault.component if fault else "", kind, *texts, f"{mean:.1f}"]))
    return "\n".join([*lines, "", totals(found)])


def totals(found: Mapping[str, Sequence[Cell]]) -> str:
    """Return how often the component came first and the kind was right, and how many innocents were spared."""
    guilty = [cell for name, row in found.items() for cell in row if name in FAULTS and FAULTS[name].kind]
    innocent = [cell for name, row in found.items() for cell in row if name not in FAULTS or not FAULTS[name].kind]
    first, kind = sum(cell.right for cell in guilty), sum(cell.kind_right for cell in guilty)
    spared = sum(cell.right for cell in innocent)
    return (
        f"Component first in {first} of {len(guilty)} recordings with a fault, fault kind right in {kind}; "
        f"{spared} of {len(innocent)} healthy ones and look-alikes judged healthy or explained as load."
    )


def _line(parts: Sequence[str]) -> str:
    return f"| {' | '.join(parts)} |"
