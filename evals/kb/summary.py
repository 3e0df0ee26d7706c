"""The numbers for people and for programs."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table

from evals.kb.evaluate import Measure
from evals.kb.score import Score

_EXPLAINED = {
    "queries": "queries of the file, all fields in the index",
    "reworded": "queries built from title and symptoms, all fields in the index",
    "left_out": "the same queries, title and symptoms of every document left out of the index",
}


def summary_json(measures: list[Measure]) -> dict[str, object]:
    """Return the first measure's numbers under `methods`, further measures under their names."""
    first, *others = measures
    return {**first.as_json(), **{measure.name: measure.as_json() for measure in others}}


def tables(measures: list[Measure]) -> list[RenderableType]:
    """Return one table a measure, with the overlap in its caption."""
    parts: list[RenderableType] = []
    for measure in measures:
        shared = ", ".join(f"{key.replace('_', ' ')} {value:g}" for key, value in measure.overlap.items())
        title = _EXPLAINED[measure.name]
        table = Table(title=title, caption=f"shared with the target: {shared}" if shared else None, box=None)
        for head in ("method", "n", "hit@1", "hit@5", "MRR", "false recall", "answered", "as shipped", "ms"):
            table.add_column(head, justify="left" if head == "method" else "right")
        for method, item in measure.scores.items():
            shares = [item.hit1, item.hit5, item.mrr, item.false_recall, item.answered]
            cells = ["–" if value is None else f"{value:.3f}" for value in shares]
            shipped = "–" if item.shipped_answered is None else _both(item)
            table.add_row(method, str(item.n), *cells, shipped, f"{item.ms:.1f}")
        parts.append(table)
    return parts


def _both(item: Score) -> str:
    """False recall and answered share at the shipped threshold."""
    return f"{item.shipped_false_recall:.3f} / {item.shipped_answered:.3f}"
