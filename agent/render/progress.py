"""Progress of an investigation on standard error: a bar on a terminal, lines otherwise if asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from agent.render.clean import clean
from agent.render.words import duration

NODES = ("intake", "survey", "recall", "propose", "gather", "verify", "rank", "report")
"""The order in which nodes report; a node that is not run is passed over."""

Told = Callable[[str, str], None]


@contextmanager
def investigation_progress(console: Console, *, verbose: bool) -> Iterator[Told]:
    """Give a callback for `investigate` and show what it is told until the block ends.

    Args:
        console: standard error; a bar is drawn when it is a terminal and vanishes afterwards.
        verbose: write a line for every finished step instead.
    """
    if verbose:
        yield _lines(console)
    elif console.is_terminal and not console.is_dumb_terminal:
        with _bar(console) as told:
            yield told
    else:
        yield lambda node, step: None


def _lines(console: Console) -> Told:
    started = time.monotonic()

    def told(node: str, step: str) -> None:
        name = f"{node} {step}".rstrip()
        console.print(f"{duration(round(time.monotonic() - started, 2)):>8} {clean(name)}")

    return told


@contextmanager
def _bar(console: Console) -> Iterator[Told]:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(30), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("opening", total=len(NODES))

        def told(node: str, step: str) -> None:
            done = NODES.index(node) + (0 if step else 1) if node in NODES else None
            progress.update(task, completed=done, description=clean(f"{node} {step}".rstrip(), 40))

        yield told
