"""`whydown testbed faults`."""

from __future__ import annotations

import typer


def faults() -> None:
    """List the faults with what they break and the meaning of --severity."""
    from rich.console import Console
    from rich.table import Table

    from evals.testbed.faults.catalogue import FAULTS

    table = Table(box=None, pad_edge=False)
    for heading in ("fault", "component", "kind"):
        table.add_column(heading, no_wrap=True)
    table.add_column("severity")
    for fault in FAULTS.values():
        kind = fault.kind.value if fault.kind else "no fault"
        table.add_row(fault.name, fault.component, kind, f"{fault.knob.default:g} {fault.knob.meaning}")
    Console().print(table)
    typer.echo("\nwhydown testbed inject FAULT [--severity X]   in a system that is up")
    typer.echo("whydown testbed play FAULT                    the whole story")
