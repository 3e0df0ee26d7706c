"""A moment after which nothing is waited for, and repeats that respect it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from time import monotonic, sleep
from typing import TypeVar

from tools.errors import ModelTimeoutError

T = TypeVar("T")
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 8.0
_OUT_OF_CREDIT = "insufficient_quota"
"""A refusal with status 429 that no waiting ends."""


class Deadline:
    """The end of the time that a call may take, repeats included."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left.

        Raises:
            ModelTimeoutError: there are none.
        """
        left = self._end - monotonic()
        if left <= 0:
            raise ModelTimeoutError(f"no complete answer within {self.seconds:g} seconds", "allow more or ask for less")
        return left


def patiently(ask: Callable[[float], T], retries: int, most: float, deadline: Deadline) -> T:
    """Ask, and ask again after status 429, 5xx and broken connections, waiting longer each time.

    The SDK's own repeats know no deadline over all of them, so they are switched off.

    Args:
        ask: takes the seconds it may take.
        retries: repeats at most.
        most: seconds for one attempt.
        deadline: end of all attempts.

    Raises:
        openai.APIError: the last attempt failed, or waiting would outlast the deadline.
        ModelTimeoutError: the deadline has passed.
    """
    import openai

    for attempt in count():
        try:
            return ask(min(most, deadline.left()))
        except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError) as error:
            wait = _wait(error, attempt)
            hopeless = getattr(error, "code", None) == _OUT_OF_CREDIT
            if attempt == retries or hopeless or wait >= deadline.left():
                raise
            sleep(wait)
    raise AssertionError("unreachable")  # count() has no end


def _wait(error: Exception, attempt: int) -> float:
    """Return how long to wait: what the endpoint says, else twice as long each time."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    said = str(headers.get("retry-after", ""))
    if said.replace(".", "", 1).isdigit():
        return float(said)
    return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt)
