"""Progress of long work, on standard error: a bar in a terminal, and lines that stay."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


class Reporting:
    """What long work tells of itself.

    Args:
        progress: the display, already shown.
        title: of the work.
    """

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=1.0, title=title)

    def tell(self, what: str, fraction: float) -> None:
        """Say what is going on, and the fraction that is done."""
        self._progress.update(self._task, description=what, completed=fraction)

    def note(self, line: str) -> None:
        """Write one line that stays."""
        self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def reporting(title: str) -> Iterator[Reporting]:
    """Show one bar for as long as the context is open."""
    columns = (
        TextColumn("{task.fields[title]}", markup=False),
        BarColumn(30),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Reporting(progress, title)
