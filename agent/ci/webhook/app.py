"""The server: takes deliveries, answers at once, and looks at the runs one after another in a thread."""

from __future__ import annotations

import contextlib
import re
import sys
import threading
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from agent.ci.webhook.delivery import MAX_BYTES, Finished, read_delivery
from agent.ci.webhook.queue import Accepted, Queue, Task
from tools.errors import CodeHostError, WhydownError

Handle = Callable[[str, int], str]
"""Looks at a run of a repository, and returns what was done."""
_STATUS = {"unsigned": 401, "unreadable": 400, "other": 202, "old": 202}
_PAUSE = 1.0
"""Seconds between looks at an empty queue."""


def build_app(queue: Queue, secret: str, handle: Handle) -> Starlette:
    """Return the application: POST /webhook and GET /health."""
    worker = Worker(queue, handle)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        worker.start()
        try:
            yield
        finally:
            worker.stop()

    async def webhook(request: Request) -> JSONResponse:
        body = await _body(request)
        if body is None:
            return JSONResponse({"result": "too large"}, 413)
        headers = request.headers
        found = read_delivery(body, headers.get("x-github-event", ""), headers.get("x-hub-signature-256", ""), secret)
        if not isinstance(found, Finished):
            return JSONResponse({"result": found}, _STATUS[found])
        delivery = headers.get("x-github-delivery", "")
        if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", delivery):
            return JSONResponse({"result": "no delivery id"}, 400)
        accepted = queue.put(delivery, *found)
        worker.wake.set()
        return JSONResponse({"result": accepted.value}, 503 if accepted is Accepted.FULL else 202)

    async def health(request: Request) -> JSONResponse:
        alive = worker.alive
        return JSONResponse({"alive": alive, "queue": queue.counts()}, 200 if alive else 503)

    routes = [Route("/webhook", webhook, methods=["POST"]), Route("/health", health, methods=["GET"])]
    return Starlette(routes=routes, lifespan=lifespan)


async def _body(request: Request) -> bytes | None:
    """Return the raw body; None when it is larger than MAX_BYTES, however long it claims to be."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > MAX_BYTES:
            return None
    return bytes(parts)


class Worker:
    """The thread that looks at the runs. An expected failure of one run is noted and does not end it."""

    def __init__(self, queue: Queue, handle: Handle) -> None:
        self._queue = queue
        self._handle = handle
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="whydown-ci", daemon=True)
        self.wake = threading.Event()

    @property
    def alive(self) -> bool:
        """Tell whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the run that it is looking at; what waits stays in the queue."""
        self._ending.set()
        self.wake.set()
        self._thread.join(timeout=30)

    def _work(self) -> None:
        while not self._ending.is_set():
            task = self._queue.take()
            if task is None:
                self.wake.wait(_PAUSE)
                self.wake.clear()
            else:
                self._look(task)

    def _look(self, task: Task) -> None:
        try:
            done = self._handle(task.repository, task.run)
        except WhydownError as error:
            passing = isinstance(error, CodeHostError) and error.status not in {401, 403, 404, 410, 422}
            self._queue.failed(task, str(error), again=passing)
            done = f"failed: {error}"
        else:
            self._queue.done(task)
        print(f"{task.repository} run {task.run}: {done}", file=sys.stderr, flush=True)
