"""What each analyser is worth: the same cases with one analyser off in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from evals.measures.paired import Paired, compare_right
from evals.rca.evaluate import Plan, evaluate
from evals.rca.rows import Answer, Row
from evals.rca.score import Numbers
from evals.rca.summary import fault_rows, measure_methods
from tools.analysers import ALL
from tools.config import Settings
from tools.errors import ConfigError

COLUMNS = {"top1": "top-1", "top3": "top-3", "mrr": "MRR", "family": "family", "cpu_s": "CPU s"}


@dataclass(frozen=True, slots=True)
class Ablation:
    """One line of the table: what was off, the measures, and the comparison with nothing off."""

    off: str
    numbers: Numbers
    against: Paired | None


def without_analysers(settings: Settings, names: Sequence[str]) -> Settings:
    """Return settings that switch off some analysers.

    Raises:
        ConfigError: there is no such analyser.
    """
    known = [analyser.name for analyser in ALL]
    if unknown := sorted(set(names) - set(known)):
        raise ConfigError(f"no analyser {unknown[0]!r}", "known: " + ", ".join(known))
    off = tuple(dict.fromkeys((*settings.survey.analysers_off, *names)))
    return settings.model_copy(update={"survey": settings.survey.model_copy(update={"analysers_off": off})})


def ablate(plan: Plan, progress: Callable[[Answer, int], None]) -> Iterator[Ablation]:
    """Yield the whole, then the same with each analyser off; each run writes its rows to a folder of its own.

    Raises:
        WhydownError: as for `evaluate`.
    """
    whole = evaluate(replace(plan, out=plan.out / "whole"), progress)
    yield Ablation("", measure_methods(fault_rows(whole))["whydown"], None)
    for name in (analyser.name for analyser in ALL if analyser.name not in plan.settings.survey.analysers_off):
        settings = without_analysers(plan.settings, [name])
        rows = evaluate(replace(plan, settings=settings, out=plan.out / f"without-{name}"), progress)
        yield Ablation(name, measure_methods(fault_rows(rows))["whydown"], _compare(whole, rows))


def markdown(lines: Sequence[Ablation]) -> str:
    """Return the table in Markdown, for evals/README.md."""
    head = ["analyser off", *COLUMNS.values(), "top-1 change [95 %]", "cases lost / won"]
    table = [head, ["---"] + ["---:"] * (len(head) - 1), *map(_cells, lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in table)


def _cells(line: Ablation) -> list[str]:
    numbers = ["–" if (value := line.numbers[name]) is None else f"{value:.3f}" for name in COLUMNS]
    if line.against is None:
        return ["none", *numbers, "", ""]
    low, high = line.against.interval
    change = f"{line.against.difference:+.3f} [{low:+.3f}, {high:+.3f}]"
    return [line.off, *numbers, change, f"{line.against.only_a} / {line.against.only_b}"]


def _compare(whole: Sequence[Row], rows: Sequence[Row]) -> Paired | None:
    before = {row.key: row.rank == 1 for row in fault_rows(whole)}
    after = {row.key: row.rank == 1 for row in fault_rows(rows)}
    keys = [key for key in before if key in after]
    return compare_right([before[key] for key in keys], [after[key] for key in keys])
