"""The last points of a collector's folder at `/metrics`, as OpenTelemetry's Prometheus exporter would have them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import duckdb

from tests.contract.prometheus_names import recorded_series

FRESH_SECONDS = 20.0
"""A series whose last point is older has ended."""


def exposed(parts: list[Path], moment: float) -> str:
    """Return the last point of every series in Prometheus' text format."""
    lines = []
    for labels, points in recorded_series(parts).items():
        at, value = points[-1]
        if at / 1000 > moment - FRESH_SECONDS:
            inside = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels if name != "__name__")
            lines.append(f"{dict(labels)['__name__']}{{{inside}}} {value!r}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a collector's folder until the block ends; yield host and port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            moment = time.time()
            parts = [p for p in folder.rglob("*.parquet") if "metrics" in str(p.relative_to(folder))]
            recent = [part for part in parts if part.exists() and part.stat().st_mtime > moment - 3 * FRESH_SECONDS]
            try:
                text, status = exposed(recent, moment) if recent else "", 200
            except (duckdb.Error, OSError):  # a part was compacted away between listing and reading
                text, status = "", 503
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
