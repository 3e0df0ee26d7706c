"""A real ClickHouse engine inside this process (chdb), its tables, and how a source reaches it.

`server` is a thin HTTP front before the engine. `clickhouse_connect`, a client that is not ours, talks
to it too, so what it speaks is the protocol.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import clickhouse_connect
import httpx
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error

HERE = Path(__file__).parent
_TRANSPORT = frozenset(
    {
        "database",
        "default_format",
        "query",
        "wait_end_of_query",
        "enable_http_compression",
        "query_id",
        "session_id",
        "client_protocol_version",
        "send_progress_in_http_headers",
        "compress",
        "http_headers_progress_interval_ms",
        "cancel_http_readonly_queries_on_client_close",
        "role",
    }
)
_names = itertools.count()
_one_at_a_time = threading.Lock()


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


def answer(params: Mapping[str, str], body: str) -> tuple[int, bytes]:
    """Run what an HTTP request asks for, with the settings in it; return status and content."""
    query = params.get("query", "") + body
    settings = {name: value for name, value in params.items() if name not in _TRANSPORT}
    with _one_at_a_time:
        try:
            if database := params.get("database"):
                _reader().command(f"USE {database}")
            return 200, _reader().raw_query(query, fmt=params.get("default_format"), settings=settings)
        except Error as error:
            code = str(error)
            missing = any(word in code for word in ("UNKNOWN_TABLE", "UNKNOWN_DATABASE"))
            return 404 if missing else 500 if "Code" not in code else 400, code.encode()


def transport() -> httpx.MockTransport:
    """Return a transport that asks the engine without a socket."""

    def handle(request: httpx.Request) -> httpx.Response:
        status, content = answer(dict(request.url.params), request.content.decode())
        return httpx.Response(status, content=content)

    return httpx.MockTransport(handle)


class _Front(BaseHTTPRequestHandler):
    """ClickHouse's HTTP interface, as far as clients need it: a query in the address, the body or both."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())

    def _answer(self, body: str) -> None:
        params: dict[str, Any] = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        status, content = answer(params, body)
        self.send_response(status)
        if status >= 400:
            self.send_header("X-ClickHouse-Exception-Code", "1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: tests have their own output."""


@contextmanager
def server() -> Iterator[str]:
    """Serve the engine on a free port of loopback and yield its address."""
    front = ThreadingHTTPServer(("127.0.0.1", 0), _Front)
    front.daemon_threads = True
    thread = threading.Thread(target=front.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{front.server_address[1]}"
    finally:
        front.shutdown()
        thread.join()
        front.server_close()
