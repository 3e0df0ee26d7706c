"""A real ClickHouse engine inside this process (chdb), its tables, and how a source reaches it.

`server` is a thin HTTP front before the engine. `clickhouse_connect`, a client that is not ours, talks
to it too, so what it speaks is the protocol.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import clickhouse_connect
import httpx
from clickhouse_connect.driver.client import Client

from evals.bench.live.clickhouse_server import answer, front

HERE = Path(__file__).parent
_names = itertools.count()


@cache
def engine() -> Client:
    """Return the engine; a process has one."""
    return clickhouse_connect.get_client(interface="chdb")


@cache
def _reader() -> Client:
    """Return a second handle on the engine's data: settings of a query stay with the handle it came through."""
    engine()
    return clickhouse_connect.get_client(interface="chdb")


def new_database() -> str:
    """Make a database with the exporter's tables, and return its name."""
    name = f"otel_{next(_names)}"
    engine().command(f"CREATE DATABASE {name}")
    text = "\n".join(line for line in (HERE / "tables.sql").read_text().splitlines() if not line.startswith("--"))
    for statement in filter(str.strip, text.split(";")):
        engine().command(statement.replace("CREATE TABLE ", f"CREATE TABLE {name}.", 1))
    return name


def load(database: str, folder: Path) -> None:
    """Put an incident folder into the tables, as the exporter would have written it."""
    text = "\n".join(line for line in (HERE / "load.sql").read_text().splitlines() if not line.startswith("--"))
    for statement in filter(str.strip, text.split(";")):
        signal = next(s for s in ("traces", "logs", "metrics") if f"{{{s}}}" in statement)
        if (file := folder / f"{signal}.parquet").exists():
            engine().command(
                statement.replace("INSERT INTO ", f"INSERT INTO {database}.", 1).replace(
                    f"{{{signal}}}", f"file('{file.resolve()}', 'Parquet')"
                )
            )


def transport() -> httpx.MockTransport:
    """Return a transport that asks the engine without a socket."""

    def handle(request: httpx.Request) -> httpx.Response:
        status, content = answer(_reader(), dict(request.url.params), request.content.decode())
        return httpx.Response(status, content=content)

    return httpx.MockTransport(handle)


@contextmanager
def server(writable: bool = False) -> Iterator[str]:
    """Serve the engine on a free port of loopback and yield its address."""
    listening = front(engine() if writable else _reader(), 0)
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}"
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
