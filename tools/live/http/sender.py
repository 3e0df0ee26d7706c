"""One request to one backend: bounded in time and size, repeated where that helps, counted."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime

import httpx

from tools.clock import now
from tools.errors import SourceError
from tools.live.budget import Budget
from tools.live.http.ask import Answer, Ask
from tools.live.http.failures import RETRIED, refused, unreachable, wait_before
from tools.live.http.login import Login
from tools.live.http.meter import Meter
from tools.live.settings import BackendSettings

SILENT = 3
"""Requests in a row without any answer after which a backend counts as dead and is not asked again."""


class Sender:
    """Sends requests on whichever event loop runs it.

    Args:
        settings: address, credentials, limits.
        budget: shared by all backends of an investigation.
        transport: for tests.

    Raises:
        ConfigError: credentials cannot be read.
    """

    def __init__(
        self, settings: BackendSettings, budget: Budget, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.name = settings.label
        self.meter = Meter()
        self._settings = settings
        self._budget = budget
        self._login = Login(settings)
        self._silent = 0
        self.clock_offset: float | None = None
        """Seconds that the backend's clock is ahead of ours, as its last answer was dated; whole seconds."""
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._client = httpx.AsyncClient(
            verify=self._login.certificates() if settings.url.startswith("https") else False,
            headers=self._login.headers(),
            timeout=None,  # `_send` bounds the whole exchange, which httpx cannot
            limits=httpx.Limits(max_connections=settings.concurrency),
            follow_redirects=False,
            trust_env=False,  # no proxy, no .netrc: only the configured host hears from us
            transport=transport,
        )

    async def all(self, asks: list[Ask]) -> list[Answer | SourceError]:
        """Return the answer or failure of each request, in order."""
        return await asyncio.gather(*(self._bounded(ask) for ask in asks))

    async def close(self) -> None:
        """Cancel what is under way and close the connections."""
        own = asyncio.current_task()
        running = [task for task in asyncio.all_tasks() if task is not own]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._client.aclose()
        await asyncio.sleep(0)  # sockets close in the loop's next round, after which it may stop

    async def _bounded(self, ask: Ask) -> Answer | SourceError:
        self.meter.add(requests=1)
        try:
            async with asyncio.timeout(self._budget.remaining()), self._slots:
                return await self._answer(ask)
        except SourceError as error:
            return error
        except TimeoutError:
            spent = f"the {self._budget.seconds:g} s for live backends are spent"
            return SourceError(f"{self.name} did not answer in time, {spent}", "raise sources.budget_seconds")

    async def _answer(self, ask: Ask) -> Answer:
        if self._silent >= SILENT:
            raise SourceError(f"{self.name} did not answer {SILENT} times in a row", "it is not asked again")
        for attempt in range(1, self._settings.tries):
            try:
                answer = await self._send(ask)
            except TimeoutError as error:  # who did not answer in that time is not helped by another request
                raise self._too_slow() from error
            except (OSError, httpx.HTTPError):
                await asyncio.sleep(wait_before(attempt, None))
                continue
            wait = wait_before(attempt, answer)
            if answer.status_code not in RETRIED or wait > self._budget.remaining():
                return self._checked(answer)
            await asyncio.sleep(wait)
        return self._checked(await self._last(ask))

    async def _last(self, ask: Ask) -> httpx.Response:
        try:
            return await self._send(ask)
        except TimeoutError as error:
            raise self._too_slow() from error
        except (OSError, httpx.HTTPError) as error:
            # TLS 1.3 refuses a client's certificate only at the first read, and that SSLError comes through as it is.
            self._silent += 1
            raise unreachable(self.name, error) from error

    def _too_slow(self) -> SourceError:
        self._silent += 1
        return SourceError(
            f"{self.name} did not answer within {self._settings.timeout_seconds:g} s",
            "raise timeout_seconds of this source, or compare shorter windows",
        )

    def _checked(self, answer: httpx.Response) -> Answer:
        self._silent = 0
        self.clock_offset = _offset(answer.headers.get("date", ""))
        if answer.status_code >= 300:
            said = self._login.hide(answer.text)
            raise refused(self.name, answer.status_code, said, known=self._login.given)
        self.meter.add(answers=1)
        return Answer(self.name, answer.content, answer.headers)

    async def _send(self, ask: Ask) -> httpx.Response:
        """Send once. The time limit covers the whole answer, so that a trickle does not outlast it."""
        request = self._client.build_request(
            ask.method, self._settings.url + ask.path, params=dict(ask.params) or None, **ask.content()
        )
        async with asyncio.timeout(self._settings.timeout_seconds):
            answer = await self._client.send(request, stream=True)
            try:
                content = await self._read(answer)
            finally:
                await answer.aclose()
        headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-encoding"]
        return httpx.Response(answer.status_code, headers=headers, content=content)

    async def _read(self, answer: httpx.Response) -> bytes:
        parts, size, limit = [], 0, self._settings.max_bytes
        async for part in answer.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > limit:
                raise SourceError(
                    f"an answer of {self.name} is longer than {limit:,} bytes",
                    "raise max_bytes of this source, or compare shorter windows",
                )
        self.meter.add(received=answer.num_bytes_downloaded or size)
        return b"".join(parts)


def _offset(date: str) -> float | None:
    """Return seconds from our clock to an HTTP date, None when there is none."""
    try:
        told = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (told - now()).total_seconds() if told.tzinfo else None
