"""Which examples to fit on, and how the weights do on systems that they have not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evals.rca.cases import list_sets, read_cases
from evals.rca.features import VARIANTS, Example, Job
from evals.rca.fit import fit_weights, score_components
from evals.rca.healthy import healthy_windows
from evals.rca.truth import read_truths
from tools.config import Settings


def jobs_of(root: Path, settings: Settings) -> Iterator[Job]:
    """Yield every case of a data folder in every variant, and every healthy window once."""
    for name in list_sets(root):
        truths = read_truths(root, name)
        cases = [case for case in read_cases(root, [name]) if case.id in truths]
        for variant in VARIANTS:
            yield from (Job(case, variant, truths[case.id], settings) for case in cases)
        yield from (Job(case, "all", None, settings) for case in healthy_windows(cases))


def first_right(examples: Sequence[Example], train: Sequence[Example]) -> tuple[float, float]:
    """Return top-1 and top-3 on examples with a fault, with weights fitted on others."""
    weights = fit_weights(train, "")
    judged = [example for example in examples if example.truth]
    ranked = [(score_components(weights, example), set(example.truth)) for example in judged]
    top1 = sum(bool(order) and order[0] in right for order, right in ranked)
    top3 = sum(bool(right & set(order[:3])) for order, right in ranked)
    return top1 / max(len(judged), 1), top3 / max(len(judged), 1)


def print_folds(console: Console, examples: Sequence[Example]) -> None:
    """Print top-1 and top-3 per system and variant, fitted on all and on all other systems."""
    table = Table(title="top-1 / top-3 by system", box=None)
    for heading in ("system", "variant", "cases", "fitted on all", "fitted on the others"):
        table.add_column(heading)
    for system in sorted({example.system for example in examples}):
        others = [example for example in examples if example.system != system]
        for variant in VARIANTS:
            part = [e for e in examples if e.system == system and e.variant == variant and e.truth]
            if not part:
                continue
            cells = [
                f"{a:.3f} / {b:.3f}" for a, b in (first_right(part, train) for train in (examples, others) if train)
            ]
            table.add_row(system, variant, str(len(part)), *cells)
    console.print(table)
