"""`whydown testbed up`, `down`, `status`, `load`, `inject`, `heal`: a system that stays up between commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def up(
    into: Annotated[Path, typer.Option(help="incident folder that its telemetry is collected into")] = Path(
        ".whydown/shop"
    ),
    endpoint: Annotated[str, typer.Option(help="OTLP/HTTP endpoint that takes its telemetry instead")] = "",
) -> None:
    """Start the demo system and leave it running."""
    import time

    from evals.testbed.session.standing import put_up

    started = time.monotonic()
    system = put_up(endpoint, into)
    typer.echo(f"up         in {time.monotonic() - started:.1f} s, {system.megabytes():.0f} MB")
    typer.echo(f"shop       http://127.0.0.1:{system.plan.gateway_port}")
    typer.echo(f"telemetry  {endpoint or into}")
    typer.echo("next       whydown testbed load; whydown testbed inject FAULT")


def down() -> None:
    """End the demo system."""
    from evals.testbed.session.standing import take_down

    take_down()


def status() -> None:
    """Show the processes of the demo system, their memory, and the faults at work in it."""
    from evals.testbed.session.standing import active_faults, standing

    system = standing()
    for name, process in sorted(system.order("status")["processes"].items()):
        state = f"pid {process['pid']}" if process["pid"] else "down"
        typer.echo(f"{name:18} {state:12} {process['restarts'] or ''}")
    typer.echo(f"memory: {system.megabytes():.0f} MB")
    typer.echo(f"faults: {', '.join(active_faults(system)) or 'none'}")


def load(
    rate: Annotated[float, typer.Option(min=0.1, help="requests per second")] = 6.0,
    seed: Annotated[int, typer.Option(help="seed of what customers do")] = 1,
) -> None:
    """Let customers in, or change how many there are."""
    from evals.testbed.load.mix import Mix
    from evals.testbed.session.standing import standing

    system = standing()
    system.set_mix(Mix(rate=rate))
    if not system.has_load():
        system.start_load(seed)


def inject(
    fault: Annotated[str, typer.Argument(help="name of a fault, see `whydown testbed faults`")],
    severity: Annotated[float | None, typer.Option(help="how strong it is")] = None,
) -> None:
    """Break the running demo system."""
    from evals.testbed.session import standing

    standing.inject(standing.standing(), fault, severity)


def heal() -> None:
    """Undo every injected fault."""
    from evals.testbed.session.standing import heal_all, standing

    typer.echo(", ".join(heal_all(standing())) or "nothing to heal")
