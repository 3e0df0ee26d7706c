"""Two evaluations case by case: what changed, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from evals.measures.bootstrap import mean_interval
from evals.measures.paired import Paired, compare_right
from evals.rca.rows import Row
from evals.rca.summary import fault_rows
from tools.errors import InputError


@dataclass(frozen=True, slots=True)
class Change:
    """One case that two runs answer differently."""

    before: Row
    after: Row

    @property
    def moved(self) -> int:
        """Return -1 when the cause fell, 1 when it rose, 0 when only the rest of the answer changed."""
        old, new = _depth(self.before), _depth(self.after)
        return (new < old) - (new > old)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed for one method from one run to another, over the cases that both have."""

    method: str
    changes: list[Change]
    top1: Paired | None
    mrr: tuple[float, float, float] | None
    alone: tuple[list[str], list[str]]

    def as_json(self) -> dict[str, Any]:
        """Return the comparison ready for JSON."""
        top1 = self.top1
        return {
            "n": top1.n if top1 else 0,
            "top1": {"a": top1.a, "b": top1.b, "difference": top1.difference, "interval": top1.interval}
            | {"only_a": top1.only_a, "only_b": top1.only_b, "p": top1.p}
            if top1
            else None,
            "mrr": dict(zip(("difference", "low", "high"), self.mrr, strict=True)) if self.mrr else None,
            "only_in_a": self.alone[0],
            "only_in_b": self.alone[1],
            "cases": [
                {"id": c.before.id, "set": c.before.set, "truth": c.before.truth, "window": c.before.window}
                | {"a": _said(c.before), "b": _said(c.after)}
                for c in self.changes
            ],
        }


def compare_runs(a: Sequence[Row], b: Sequence[Row], method_a: str = "", method_b: str = "") -> list[Comparison]:
    """Compare two runs, method by method, or one method with another.

    Args:
        a: rows of the first run.
        b: rows of the second.
        method_a: compare only this method of the first run.
        method_b: with this one of the second; empty means the same.

    Raises:
        InputError: the two have no method or no case in common.
    """
    pairs = [(method_a, method_b or method_a)] if method_a else [(m, m) for m in dict.fromkeys(r.method for r in a)]
    found = []
    for old, new in pairs:
        before = {row.key[1:]: row for row in a if row.method == old}
        after = {row.key[1:]: row for row in b if row.method == new}
        if before.keys() & after.keys():
            found.append(_compare(old if old == new else f"{old} → {new}", before, after))
    if not found:
        raise InputError("the two runs have no method and case in common", "compare rows of the same data")
    return found


def _compare(method: str, before: dict[tuple[str, str], Row], after: dict[tuple[str, str], Row]) -> Comparison:
    common = [(before[key], after[key]) for key in before if key in after]
    faults = [(x, y) for x, y in common if fault_rows([x]) and fault_rows([y])]
    gains = [_reciprocal(y) - _reciprocal(x) for x, y in faults]
    interval = mean_interval(gains)
    return Comparison(
        method=method,
        changes=[Change(x, y) for x, y in common if _said(x) != _said(y)],
        top1=compare_right([x.rank == 1 for x, _ in faults], [y.rank == 1 for _, y in faults]),
        mrr=(sum(gains) / len(gains), *interval) if interval else None,
        alone=(sorted(k[1] for k in before.keys() - after.keys()), sorted(k[1] for k in after.keys() - before.keys())),
    )


def comparison_table(comparison: Comparison) -> Table:
    """Return the changed cases: fallen ones first, then risen ones, then other differences."""
    table = Table(title=comparison.method, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for heading in ("", "case", "cause", "A: rank, first", "B: rank, first"):
        table.add_column(heading, overflow="fold")
    marks = {-1: "worse", 1: "better", 0: ""}
    for change in sorted(comparison.changes, key=lambda c: (abs(c.moved) == 0, c.moved, c.before.id)):
        row = change.before
        table.add_row(marks[change.moved], row.id, row.truth or row.window, _words(change.before), _words(change.after))
    return table


def comparison_lines(comparison: Comparison) -> list[str]:
    """Return the test in words."""
    lines = []
    top1, mrr = comparison.top1, comparison.mrr
    if top1:
        low, high = top1.interval
        lines.append(f"top-1 {top1.a:.3f} → {top1.b:.3f}, {top1.difference:+.3f} [{low:+.3f}, {high:+.3f}]")
        lines.append(f"right only in A {top1.only_a}, only in B {top1.only_b}, McNemar p {top1.p:.3f}, n {top1.n}")
    if mrr:
        lines.append(f"MRR {mrr[0]:+.3f} [{mrr[1]:+.3f}, {mrr[2]:+.3f}]")
    for name, ids in zip("AB", comparison.alone, strict=True):
        if ids:
            lines.append(f"only in {name}: " + ", ".join(ids[:5]) + (f" and {len(ids) - 5} more" if ids[5:] else ""))
    return lines


def _said(row: Row) -> dict[str, Any]:
    return {"rank": row.rank, "first": row.first, "verdict": row.verdict, "family": row.family, "error": row.error}


def _words(row: Row) -> str:
    if row.error:
        return "error"
    place = str(row.rank) if row.rank else "–"
    said = row.first if row.accuses else f"{row.verdict} {row.first}".strip()
    return f"{place} {said} {row.family}".strip()


def _depth(row: Row) -> float:
    if row.window == "healthy":
        return float(row.accuses)
    return float(row.rank) if row.rank else float("inf")


def _reciprocal(row: Row) -> float:
    return 1 / row.rank if row.rank else 0.0
