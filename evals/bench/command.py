"""`python -m evals.bench`: what a survey and an investigation cost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench(
    millions: Annotated[
        list[float] | None, typer.Option("--millions", help="store sizes in million spans (repeatable); default 1, 10")
    ] = None,
    large: Annotated[bool, typer.Option("--large", help="also 50 million spans, about 3 GB of disk")] = False,
    into: Annotated[Path | None, typer.Option(help="keep the stores in this folder and use them again")] = None,
    repeat: Annotated[int, typer.Option(min=1, help="runs of each; medians are shown")] = 3,
    live: Annotated[bool, typer.Option("--live/--no-live", help="also against live backends, where installed")] = True,
    knowledge: Annotated[int, typer.Option(min=0, help="chunks of a large knowledge base; 0 leaves it out")] = 100_000,
    recordings: Annotated[Path, typer.Option(help="bundled incidents to investigate")] = Path("evals/recordings"),
) -> None:
    """Measure surveys of a 10-minute window against a 60-minute baseline, and whole investigations."""
    import shutil
    import sys
    import tempfile
    from contextlib import ExitStack
    from importlib.util import find_spec

    from rich.console import Console

    from evals.bench.bundled import measure_bundled
    from evals.bench.knowledge.measure import knowledge_lines, measure_knowledge
    from evals.bench.live.clickhouse import TRAFFIC, measure_clickhouse
    from evals.bench.live.prometheus import measure_prometheus
    from evals.bench.screen import many_findings, measure_screen, screen_lines
    from evals.bench.stores import measure_stores
    from evals.bench.tables import (
        bundled_table,
        conditions,
        engine_table,
        growth_notes,
        live_notes,
        live_table,
        notes,
        stores_table,
    )
    from tools.errors import WhydownError

    console, progress = Console(), Console(stderr=True)
    sizes = [round(size * 1_000_000) for size in [*(millions or (1.0, 10.0)), *([50.0] if large else [])]]
    try:
        with ExitStack() as stack:
            scratch = into or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="whydown-bench-")))
            scratch.mkdir(parents=True, exist_ok=True)
            with progress.status("") as status:
                rows = measure_stores(sizes, scratch, repeat, status.update)
                bundled = measure_bundled(recordings, scratch, repeat, status.update)
                screen = None
                if bundled:
                    status.update("the terminal interface")
                    runs = scratch / "runs"
                    screen = measure_screen(many_findings(recordings / "payment-slow", runs), runs)
                remembered = measure_knowledge(knowledge, scratch, status.update) if knowledge else None
                asked = live and shutil.which("prometheus") is not None
                backends = measure_prometheus(scratch, status.update) if asked else []
                embedded = live and find_spec("chdb") is not None
                engines = measure_clickhouse(TRAFFIC, scratch, status.update) if embedded else []
    except WhydownError as error:
        print(f"bench: {error}", file=sys.stderr)
        raise typer.Exit(error.exit_code) from error
    console.print(stores_table(rows))
    for line in notes(rows):
        console.print(line, markup=False)
    if bundled:
        console.print(bundled_table(bundled))
    for line in screen_lines(screen) if screen else []:
        console.print(line, markup=False)
    for line in knowledge_lines(*remembered) if remembered else []:
        console.print(line, markup=False)
    if backends:
        console.print(live_table(backends))
    for line in growth_notes(backends, "3 times the samples") if backends else []:
        console.print(line, markup=False)
    for line in live_notes(backends) if backends else ["live backends: left out (switched off, or not installed)"]:
        console.print(line, markup=False)
    if engines:
        console.print(engine_table(engines))
        console.print(*growth_notes(engines, "10 times the spans"), markup=False)
    console.print(conditions(repeat), markup=False)
