"""`whydown eval fit`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def fit(
    paths: Annotated[list[Path], typer.Argument(help="data folders as for `eval rca`, or files of examples")],
    examples: Annotated[Path, typer.Option(help="where the examples go, to fit again without a survey")] = Path(
        ".whydown/evals/examples.jsonl"
    ),
    out: Annotated[Path, typer.Option(help="where the weights go")] = Path("agent/ranking/weights.json"),
    workers: Annotated[int, typer.Option(min=1, help="processes at a time")] = 2,
) -> None:
    """Fit the weights of the ranking, and print what leaving one system out would have given."""
    from agent.render import open_console
    from evals.rca.features import collect, read_examples, write_examples
    from evals.rca.fit import fit_weights
    from evals.rca.folds import jobs_of, print_folds
    from evals.rca.within import fit_within
    from tools.config import load_settings

    folders = [path for path in paths if path.is_dir()]
    known = [example for path in paths if path.is_file() for example in read_examples(path)]
    console = open_console()
    jobs = [job for folder in folders for job in jobs_of(folder, load_settings())]
    with console.status(f"surveying {len(jobs)} cases"):
        found = list(collect(jobs, workers, lambda example: None))
    examples.parent.mkdir(parents=True, exist_ok=True)
    write_examples([*known, *found], examples)
    everything = [*known, *found]
    print_folds(console, everything)
    weights = fit_weights(everything, f"whydown eval fit: {len(everything)} examples")
    weights = weights.model_copy(update={"within": fit_within(everything)})
    out.write_text(weights.model_dump_json(indent=1) + "\n", encoding="utf-8")
