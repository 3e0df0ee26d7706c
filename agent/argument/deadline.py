"""Hold a call to a deadline, whatever it waits for: a server that sends a byte now and then never times out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from agent.model.client import GRACE_S, unanswered
from tools.errors import ModelError

T = TypeVar("T")
LOOK_S = 0.1
"""How soon a person who wants no more is heard."""


class StoppedError(ModelError):
    """A person wants no more of an answer."""

    def __init__(self) -> None:
        super().__init__("stopped by a person")


class _Waiting(Generic[T]):
    """A call in a thread of its own, which ends with the process if the call never returns."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self.results: list[T] = []
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="model call", daemon=True)

    def _run(self) -> None:
        try:
            self.results.append(self._call())
        except BaseException as error:  # handed over to the thread that waits, which raises it
            self.error = error


def within(seconds: float, call: Callable[[], T], stopped: Callable[[], bool] = lambda: False) -> T:
    """Return what a call returns.

    Raises:
        ModelTimeoutError: it has not returned in time; it is left behind.
        StoppedError: a person wants no more; it is left behind.
        Exception: whatever the call raises.
    """
    waiting = _Waiting(call)
    waiting.thread.start()
    end = time.monotonic() + seconds + GRACE_S
    while waiting.thread.is_alive() and (left := end - time.monotonic()) > 0:
        waiting.thread.join(min(left, LOOK_S))
        if stopped():
            raise StoppedError
    error, results = waiting.error, waiting.results
    del waiting  # its error's traceback would hold this frame, and the frame it
    if error is not None:
        try:
            raise error
        finally:
            del error
    if not results:
        raise unanswered(seconds)
    return results[0]
