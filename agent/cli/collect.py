"""`whydown collect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def collect(
    into: Annotated[Path, typer.Option(help="incident folder; made when missing")],
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    http_port: Annotated[int, typer.Option(help="port for OTLP over HTTP; 0: any free one", min=0, max=65535)] = 4318,
    grpc_port: Annotated[int, typer.Option(help="port for OTLP over gRPC; 0: any free one", min=0, max=65535)] = 4317,
    no_grpc: Annotated[bool, typer.Option("--no-grpc", help="listen on HTTP only")] = False,
    duration: Annotated[float | None, typer.Option(help="stop after so many seconds", min=0.1)] = None,
) -> None:
    """Receive OTLP traces, logs and metrics into a folder, until Ctrl-C.

    Point OTEL_EXPORTER_OTLP_ENDPOINT at it. What is acknowledged is on disk; after a crash, the next
    `collect` or `import` on the folder goes on from there.
    """
    from agent.render.console import open_console
    from tools.otlp import Collector, summary
    from tools.otlp.receive.serve import serve

    def ready(running: Collector) -> None:
        grpc = "" if no_grpc else f", gRPC {running.grpc_endpoint}"
        for line in summary.recovered(running.recovered):
            typer.echo(line)
        typer.echo(f"ready: HTTP {running.http_endpoint}{grpc}")

    collector = Collector(into, host=host, http_port=http_port, grpc_port=None if no_grpc else grpc_port)
    with open_console(stderr=True).status("") as status:
        tally = serve(
            collector, seconds=duration, ready=ready, progress=lambda now: status.update(summary.records(now.kept))
        )
    for line in summary.collected(tally):
        typer.echo(line)
