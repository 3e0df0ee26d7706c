"""Ask once, though several analysers want the same at the same time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
KEPT = 64
"""Answers kept; those of earlier windows go first."""


class Once:
    """Answers by question. Whoever asks what is being asked already waits for that answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answers: dict[Hashable, Future[Any]] = {}

    def get(self, question: Hashable, ask: Callable[[], T]) -> T:
        """Return the answer to a question; a failure goes to all who wait, and is forgotten."""
        with self._lock:
            known = self._answers.get(question)
            if known is None:
                mine: Future[T] = Future()
                self._answers[question] = mine
                while len(self._answers) > KEPT:
                    self._answers.pop(next(iter(self._answers)))
        if known is not None:
            answer: T = known.result()
            return answer
        try:
            answer = ask()
        except BaseException as error:
            with self._lock:
                self._answers.pop(question, None)
            mine.set_exception(error)
            raise
        mine.set_result(answer)
        return answer
