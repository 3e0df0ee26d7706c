"""Customers really come, and what they experience is written down."""

from __future__ import annotations

import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evals.testbed.load.generator import Experience, journal_path, mix_path, read_journal, read_mix, run_load
from evals.testbed.load.mix import TENANTS, Mix
from evals.testbed.system.processes import Processes

ANSWERS = {"GET": 200, "POST": 201}


class Gateway(http.server.BaseHTTPRequestHandler):
    """Answers everything; listing products fails."""

    asked: list[tuple[str, str, str]]
    bodies: list[Any]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.asked.append((self.command, self.path, self.headers.get("x-tenant", "")))
        self.bodies.append(json.loads(body) if body else None)
        status = 503 if self.path.startswith("/products?") else ANSWERS[self.command]
        content = json.dumps({"order_id": "o-1"}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815  # names that http.server calls

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def gateway() -> Iterator[tuple[int, type[Gateway]]]:
    handler = type("Handler", (Gateway,), {"asked": [], "bodies": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1], handler
        server.shutdown()
        thread.join()


def experienced(folder: Path, port: int, least: int) -> list[Experience]:
    """Let customers in until enough requests are written down."""
    mix_path(folder).parent.mkdir(parents=True)
    mix_path(folder).write_text(Mix(rate=60).model_dump_json())
    customers = Processes(folder)
    customers.start("load", lambda: run_load(port, str(folder), seed=1), supervised=False)
    deadline = time.monotonic() + 15
    while len(read_journal(folder)) < least and time.monotonic() < deadline:
        time.sleep(0.05)
    customers.stop_all()
    return read_journal(folder)


def test_what_customers_get_is_what_is_written_down(gateway: tuple[int, type[Gateway]], tmp_path: Path) -> None:
    port, handler = gateway
    seen = experienced(tmp_path, port, 40)
    assert len(seen) >= 40
    by_route = {route: {one.status for one in seen if one.route == route} for route in {one.route for one in seen}}
    assert by_route["GET /products"] == {503}
    assert by_route["GET /products/{sku}"] == {200}
    assert by_route["POST /cart"] == {201}
    assert all(0 < one.seconds < 5 for one in seen)
    assert len(handler.asked) >= len(seen)


def test_every_request_says_whose_customer_it_is(gateway: tuple[int, type[Gateway]], tmp_path: Path) -> None:
    port, handler = gateway
    seen = experienced(tmp_path, port, 40)
    assert {tenant for _, _, tenant in handler.asked} <= set(TENANTS)
    assert {one.tenant for one in seen} <= set(TENANTS)
    assert len({one.tenant for one in seen}) > 1


def test_no_answer_is_an_experience_too(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        seen = experienced(tmp_path, taken.getsockname()[1], 5)
    assert len(seen) >= 5
    assert {one.status for one in seen} == {0}


def test_a_line_under_way_is_left_for_later(tmp_path: Path) -> None:
    one = Experience(time_unix=1.0, route="GET /products", tenant="aurora", status=200, seconds=0.1)
    journal_path(tmp_path).write_text(f"{one.model_dump_json()}\n{one.model_dump_json()[:30]}")
    assert read_journal(tmp_path) == [one]


def test_without_a_journal_or_a_mix_nothing_is_wrong(tmp_path: Path) -> None:
    assert read_journal(tmp_path) == []
    assert read_mix(tmp_path) == Mix()
