"""Read requests to one backend, for callers that wait: threads may share it, and closing it cancels them."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import CancelledError

import httpx

from tools.errors import ConfigError, SourceError
from tools.live.budget import Budget
from tools.live.http.ask import Answer, Ask
from tools.live.http.sender import Sender
from tools.live.settings import BackendSettings
from tools.sources.fetched import Fetched

MAX_PAGES = 50


class Reader:
    """Asks one backend. Requests run on an event loop of its own, so that all of them can be cancelled.

    Args:
        settings: address, credentials, limits.
        budget: shared by all backends of an investigation.
        posts: regular expressions of paths that are queries though they take a POST. Nothing else is posted to.
        transport: for tests.

    Raises:
        ConfigError: the address is missing, or credentials cannot be read.
    """

    def __init__(
        self,
        settings: BackendSettings,
        budget: Budget,
        posts: Collection[str] = (),
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if not settings.url:
            raise ConfigError(f"the source {settings.label} has no url", "give its address, such as http://host:9090")
        self.name = settings.label
        self._budget = budget
        self._posts = tuple(re.compile(pattern) for pattern in posts)
        self._sender = Sender(settings, budget, transport)
        self._closed = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"read {self.name}", daemon=True)
        self._thread.start()

    @property
    def fetched(self) -> Fetched:
        """Return what reading cost so far."""
        return self._sender.meter.sum

    @property
    def clock_offset(self) -> float | None:
        """Return seconds that the backend's clock is ahead of ours, None when it does not date its answers."""
        return self._sender.clock_offset

    def count_rows(self, rows: int) -> None:
        """Add rows to what was fetched; only the backend's module knows what a row is."""
        self._sender.meter.add(rows=rows)

    def ask(self, ask: Ask) -> Answer:
        """Send one request and return its answer.

        Raises:
            SourceError: the backend is dead, refuses, is too slow, or the budget is spent.
        """
        (answer,) = self.ask_all([ask])
        if isinstance(answer, SourceError):
            raise answer
        return answer

    def ask_all(self, asks: Sequence[Ask]) -> list[Answer | SourceError]:
        """Send requests, several at a time, and return each one's answer or failure, in order.

        Raises:
            SourceError: the reader was closed.
        """
        for ask in asks:
            self._check(ask)
        if self._closed:
            raise self._stopped()
        with self._budget.waiting():
            future = asyncio.run_coroutine_threadsafe(self._sender.all(list(asks)), self._loop)
            try:
                return future.result()
            except CancelledError as error:
                raise self._stopped() from error
            except KeyboardInterrupt:
                future.cancel()
                raise

    def pages(self, first: Ask, following: Callable[[Answer], Ask | None]) -> Iterator[Answer]:
        """Yield the answers of all pages, at most `MAX_PAGES`; `following` gives the request for the next page.

        Raises:
            SourceError: as for `ask`.
        """
        ask: Ask | None = first
        for _ in range(MAX_PAGES):
            if ask is None:
                return
            answer = self.ask(ask)
            yield answer
            ask = following(answer)

    def close(self) -> None:
        """Cancel what is under way and close the connections; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        asyncio.run_coroutine_threadsafe(self._sender.close(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    def _check(self, ask: Ask) -> None:
        """Refuse what the backend's module must not do; that is a mistake in whydown, not in its input."""
        if not ask.path.startswith("/") or "/../" in f"{ask.path}/" or "?" in ask.path:
            raise ValueError(f"{ask.path} is no path below the backend's address")
        if ask.method == "POST" and not any(pattern.fullmatch(ask.path) for pattern in self._posts):
            raise ValueError(f"{ask.path} is not declared as a query")

    def _stopped(self) -> SourceError:
        return SourceError(f"reading {self.name} was stopped", "")
