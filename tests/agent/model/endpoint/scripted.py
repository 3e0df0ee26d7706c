"""An endpoint on loopback that answers from a script, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from agent.model.endpoint import EndpointModel
from agent.model.endpoint.abilities import Memory
from tools.config import ModelSettings


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. Text goes out as it is, lists as a stream of events, all else as JSON."""

    body: Any = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0
    """Seconds before the answer, and between events."""


def said(text: str = "", *calls: tuple[str, Any], finish: str = "", prompt: int = 10, written: int = 5) -> Reply:
    """Return an answer of a model: a text, or calls as (name, arguments)."""
    wanted = [
        {"id": f"c{at}", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for at, (name, arguments) in enumerate(calls)
    ]
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if wanted:
        message["tool_calls"] = wanted
    choice = {"index": 0, "message": message, "finish_reason": finish or ("tool_calls" if wanted else "stop")}
    usage = {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}
    return Reply({"id": "x", "object": "chat.completion", "model": "scripted", "choices": [choice], "usage": usage})


def refused(message: str, status: int = 400, **fields: Any) -> Reply:
    """Return a refusal."""
    return Reply({"error": {"message": message, **fields}}, status)


def streamed(text: str, *, size: int = 12, last: Sequence[Any] | None = None, **more: Any) -> Reply:
    """Return a text that comes in pieces.

    Args:
        text: the text.
        size: characters of a piece.
        last: events after the text, in place of those of a complete answer.
        more: fields of the reply.
    """
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    events: list[Any] = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    done = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    usage = {"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}
    return Reply([*events, *([done, usage, "[DONE]"] if last is None else last)], **more)


@contextmanager
def scripted(*replies: Reply) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Answer with one reply after the other, the last again and again; yields the address and what was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append({**body, "key": self.headers["authorization"]})
            reply = replies[min(len(asked), len(replies)) - 1]
            time.sleep(reply.pause)
            try:
                self._answer(reply)
            except BrokenPipeError:
                return

        def _answer(self, reply: Reply) -> None:
            events = isinstance(reply.body, list)
            kind = "text/event-stream" if events else "text/html" if isinstance(reply.body, str) else "application/json"
            self.send_response(reply.status)
            for name, value in {"content-type": kind, "connection": "close", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for event in reply.body if events else ():
                self.wfile.write(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n".encode())
                self.wfile.flush()
                time.sleep(reply.pause)
            if not events:
                self.wfile.write((reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode())

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}/v1", asked
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def model_at(url: str, folder: Path, *, able: bool | None = True, **settings: Any) -> EndpointModel:
    """Return a model at an address whose abilities are known, unless `able` is None."""
    chosen = ModelSettings(**{"url": url, "model": "scripted", "abilities": folder / "abilities.json", **settings})
    if able is not None:
        Memory(chosen.abilities, url, chosen.model).learn(tools=able, json_schema=able)
    return EndpointModel(chosen)
