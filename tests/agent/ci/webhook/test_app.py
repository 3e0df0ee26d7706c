from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from agent.ci.webhook import app as app_module
from agent.ci.webhook.app import build_app
from agent.ci.webhook.delivery import WINDOW, is_signed
from agent.ci.webhook.queue import Queue
from tools.clock import now
from tools.errors import CodeHostError, ConfigError

SECRET = "It's a Secret to Everybody"


class Server:
    """A running application, and the runs that its worker looked at."""

    def __init__(self, folder: Path, limit: int = 10) -> None:
        self.queue = Queue(folder / "queue.sqlite", limit=limit)
        self.seen: list[tuple[str, int]] = []
        self.looked = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.trouble: Exception | None = None
        self.client = TestClient(build_app(self.queue, SECRET, self._handle))

    def _handle(self, repository: str, run: int) -> str:
        self.gate.wait(5)
        self.seen.append((repository, run))
        self.looked.set()
        if self.trouble:
            raise self.trouble
        return "created"

    def send(self, body: bytes, **headers: str) -> tuple[int, str]:
        given = {
            "X-GitHub-Event": "workflow_run",
            "X-GitHub-Delivery": "d-1",
            "X-Hub-Signature-256": sign(body),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        answer = self.client.post("/webhook", content=body, headers=given)
        return answer.status_code, str(answer.json()["result"])


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def payload(run: int = 7, **changes: Any) -> bytes:
    of_run = {"id": run, "run_attempt": 1, "conclusion": "failure", "updated_at": now().isoformat(), **changes}
    action = of_run.pop("action", "completed")
    return json.dumps({"action": action, "workflow_run": of_run, "repository": {"full_name": "octo/shop"}}).encode()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(app_module, "_PAUSE", 0.01)
    made = Server(tmp_path)
    with made.client:
        yield made
    made.queue.close()


def test_githubs_own_example_of_a_signature() -> None:
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert is_signed(b"Hello, World!", expected, SECRET)


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=" + "0" * 40, sign(b"other"), "é" * 64])
def test_wrong_signatures_are_refused(signature: str) -> None:
    assert not is_signed(payload(), signature, SECRET)


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed(b"x", sign(b"x", ""), "")


def test_a_finished_run_is_looked_at(server: Server) -> None:
    assert server.send(payload(7)) == (202, "queued")
    assert server.looked.wait(5)
    assert server.seen == [("octo/shop", 7)]


def test_an_unsigned_delivery_is_refused_and_does_nothing(server: Server) -> None:
    assert server.send(payload(), X_Hub_Signature_256="sha256=0") == (401, "unsigned")
    assert server.queue.counts() == {}


def test_a_delivery_that_is_replayed_does_nothing(server: Server) -> None:
    body = payload(7)
    server.send(body)
    assert server.send(body, X_GitHub_Delivery="d-2") == (202, "repeated")


@pytest.mark.parametrize("age", [WINDOW + timedelta(minutes=1), -WINDOW - timedelta(minutes=1)])
def test_a_run_outside_the_window_is_passed_over(server: Server, age: timedelta) -> None:
    assert server.send(payload(updated_at=(now() - age).isoformat())) == (202, "old")


@pytest.mark.parametrize(
    "changes", [{"action": "requested"}, {"conclusion": "cancelled"}, {"conclusion": "skipped"}, {"conclusion": None}]
)
def test_runs_that_neither_failed_nor_passed_are_passed_over(server: Server, changes: dict[str, Any]) -> None:
    assert server.send(payload(**changes)) == (202, "other")


def test_other_events_are_passed_over(server: Server) -> None:
    assert server.send(b"{}", X_GitHub_Event="ping") == (202, "other")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"action": "completed"}'])
def test_unreadable_payloads_are_refused(server: Server, body: bytes) -> None:
    assert server.send(body) == (400, "unreadable")


@pytest.mark.parametrize("delivery", ["", "a b", "x" * 65, "'; DROP"])
def test_a_delivery_without_a_proper_id_is_refused(server: Server, delivery: str) -> None:
    assert server.send(payload(), X_GitHub_Delivery=delivery) == (400, "no delivery id")


def test_a_huge_body_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "MAX_BYTES", 10)
    assert server.send(payload()) == (413, "too large")


def test_a_full_queue_asks_github_to_come_again(tmp_path: Path) -> None:
    server = Server(tmp_path, limit=1)
    server.gate.clear()
    with server.client:
        assert server.send(payload(1), X_GitHub_Delivery="d-1") == (202, "queued")
        assert server.send(payload(2), X_GitHub_Delivery="d-2") == (503, "full")
        server.gate.set()


def test_an_expected_failure_of_one_run_does_not_end_the_server(server: Server) -> None:
    server.trouble = CodeHostError("GitHub answers 404", "", 404)
    server.send(payload(1))
    assert server.looked.wait(5)
    server.trouble = None
    server.looked.clear()
    server.send(payload(2), X_GitHub_Delivery="d-2")
    assert server.looked.wait(5)
    assert [run for _, run in server.seen] == [1, 2]
    assert server.client.get("/health").status_code == 200


def test_health_tells_of_the_queue(server: Server) -> None:
    answer = server.client.get("/health").json()
    assert answer == {"alive": True, "queue": {}}


def test_other_methods_are_refused(server: Server) -> None:
    assert server.client.get("/webhook").status_code == 405
    assert server.client.post("/health").status_code == 405


def test_the_server_does_not_start_without_a_secret() -> None:
    from agent.ci.webhook.serve import serve
    from tools.config import Settings

    with pytest.raises(ConfigError, match="no webhook secret"):
        serve(Settings(), "127.0.0.1", 1)
