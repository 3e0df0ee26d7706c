"""Progress of long work, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def reporting(title: str) -> Iterator[Callable[[str, float], None]]:
    """Show one bar; the function given takes what is going on and the fraction that is done."""
    columns = (
        TextColumn("{task.fields[title]}", markup=False),
        BarColumn(30),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=1.0, title=title)

        def tell(what: str, fraction: float) -> None:
            progress.update(task, description=what, completed=fraction)

        yield tell
