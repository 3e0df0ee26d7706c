"""The same cases with and without a language model, paired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.measures.paired import Paired, compare_right
from evals.rca.methods import split_method
from evals.rca.rows import Row


def with_and_without(rows: Sequence[Row]) -> Iterator[str]:
    """Yield lines for each language model: what it changed in top-1, fault family and healthy windows, and where."""
    plain = {row.key[1:]: row for row in rows if row.method == "whydown"}
    for method in dict.fromkeys(row.method for row in rows if split_method(row.method)[1]):
        own = [(plain[row.key[1:]], row) for row in rows if row.method == method and row.key[1:] in plain]
        faults = [(before, after) for before, after in own if before.truth]
        named = [(before, after) for before, after in faults if before.truth_family]
        quiet = [(before, after) for before, after in own if before.window == "healthy"]
        yield _line(f"{method} against whydown: top-1", _compare([(a.rank == 1, b.rank == 1) for a, b in faults]))
        yield _line("  family", _compare([(_family(a), _family(b)) for a, b in named]))
        yield _line("  healthy windows not accused", _compare([(not a.accuses, not b.accuses) for a, b in quiet]))
        changed = [after.id for before, after in own if (before.first, before.kind) != (after.first, after.kind)]
        if changed:
            yield f"  another first hypothesis: {', '.join(changed[:10])}"


def _family(row: Row) -> bool:
    return row.accuses and row.family == row.truth_family


def _compare(pairs: list[tuple[bool, bool]]) -> Paired | None:
    return compare_right([before for before, _ in pairs], [after for _, after in pairs])


def _line(what: str, paired: Paired | None) -> str:
    if paired is None:
        return f"{what}: no cases"
    return (
        f"{what} {paired.a:.3f} → {paired.b:.3f} over {paired.n} "
        f"(right only without {paired.only_a}, only with {paired.only_b})"
    )
