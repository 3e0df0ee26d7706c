"""A thin HTTP front before ClickHouse's engine, which comes as a library: `python -m … PORT FOLDER`.

It speaks what clients need of ClickHouse's HTTP interface: a query in the address, the body or both, with
settings as parameters.
"""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

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
"""Parameters that concern the protocol and are no settings of the engine."""
_one_at_a_time = threading.Lock()


def answer(engine: Client, params: Mapping[str, str], body: str) -> tuple[int, bytes]:
    """Run what a request asks for, with the settings in it; return status and content."""
    from clickhouse_connect.driver.exceptions import Error

    settings = {name: value for name, value in params.items() if name not in _TRANSPORT}
    with _one_at_a_time:
        try:
            if database := params.get("database"):
                engine.command(f"USE {database}")
            query = params.get("query", "") + body
            return 200, engine.raw_query(query, fmt=params.get("default_format"), settings=settings)
        except Error as error:
            said = str(error)
            missing = "UNKNOWN_TABLE" in said or "UNKNOWN_DATABASE" in said
            return 404 if missing else 400, said.encode()


def front(engine: Client, port: int) -> ThreadingHTTPServer:
    """Return a server on loopback that asks the engine; port 0 takes a free one."""

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/ping":
                self._send(200, b"Ok.\n")
            elif self.path == "/peak":  # for the benchmark: MB of memory that this process held at most
                self._send(200, str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024).encode())
            else:
                self._send(*self._ask(""))

        def do_POST(self) -> None:
            self._send(*self._ask(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()))

        def _ask(self, body: str) -> tuple[int, bytes]:
            return answer(engine, dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)), body)

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            if status >= 400:
                self.send_header("X-ClickHouse-Exception-Code", "1")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing about requests."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Front)
    server.daemon_threads = True
    return server


if __name__ == "__main__":
    import clickhouse_connect

    front(clickhouse_connect.get_client(interface="chdb", path=sys.argv[2]), int(sys.argv[1])).serve_forever()
