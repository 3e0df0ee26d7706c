"""Requests to GitHub's REST API: authorised, retried where that helps, paged, and bounded in size."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
from pydantic import SecretStr

from tools.errors import CodeHostError

API = "https://api.github.com"
VERSION = "2022-11-28"
TRIES = 4
LONGEST_WAIT = 120.0
"""Seconds waited for a rate limit; a longer one is reported instead."""
MAX_BYTES = 64 * 1024 * 1024
PAGE = 100
MAX_PAGES = 30
_RETRIED = frozenset({429, 500, 502, 503, 504})
_REMEDIES = {
    401: "the token is missing, wrong or expired",
    403: "the token lacks a permission that this needs",
    404: "it does not exist, or the token may not see it",
    410: "it has expired",
    422: "GitHub does not accept the request",
}


class Transport:
    """One connection to GitHub. The token goes to the API's host only, and into no message.

    Args:
        token: a token of the workflow, of an app or of a person.
        api: base address; another one for GitHub Enterprise Server.
        client: for tests.
        sleep: for tests.
    """

    def __init__(
        self,
        token: SecretStr,
        api: str = API,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api.rstrip("/")
        self._client = client or httpx.Client(timeout=httpx.Timeout(30.0, connect=10.0))
        self._sleep = sleep
        self._token = token

    def _headers(self) -> dict[str, str]:
        return {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token.get_secret_value()}",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": "whydown",
        }

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON answer of a GET.

        Raises:
            CodeHostError: GitHub refuses, limits or cannot be reached.
        """
        return self._json(self.request("GET", path, params=query))

    def send(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Return the JSON answer of a request with a body.

        Raises:
            CodeHostError: as for `get`.
        """
        return self._json(self.request(method, path, json=dict(body)))

    def delete(self, path: str) -> None:
        """Delete something; that it is gone already is no failure.

        Raises:
            CodeHostError: as for `get`.
        """
        try:
            self.request("DELETE", path)
        except CodeHostError as error:
            if error.status != 404:
                raise

    def pages(self, path: str, **query: str | int) -> Iterator[Any]:
        """Yield the JSON answers of all pages, at most MAX_PAGES.

        Raises:
            CodeHostError: as for `get`.
        """
        url: str = path
        params: dict[str, str | int] | None = {"per_page": PAGE, **query}
        for _ in range(MAX_PAGES):
            answer = self.request("GET", url, params=params)
            yield self._json(answer)
            following = answer.links.get("next", {}).get("url", "")
            if not following.startswith(self._api + "/"):
                return
            url, params = following.removeprefix(self._api), None

    def download(self, path: str) -> bytes:
        """Return a file that GitHub keeps elsewhere; the token does not follow the redirect.

        Raises:
            CodeHostError: as for `get`; also when the file is larger than MAX_BYTES.
        """
        answer = self.request("GET", path)
        if answer.is_redirect:
            answer = self._fetch(answer.headers["location"], path)
        if len(answer.content) > MAX_BYTES:
            raise CodeHostError(f"{path} is larger than {MAX_BYTES // 2**20} MiB", "it is not read")
        return answer.content

    def _fetch(self, url: str, path: str) -> httpx.Response:
        try:
            with self._client.stream("GET", url, headers={"User-Agent": "whydown"}, follow_redirects=True) as answer:
                content = b""
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > MAX_BYTES:
                        break
        except httpx.HTTPError as error:
            raise CodeHostError(f"cannot download {path}", type(error).__name__) from error
        if answer.status_code >= 400:
            raise _refused(answer.status_code, "GET", path, "")
        return httpx.Response(answer.status_code, content=content)

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Send a request; repeat it when GitHub is overloaded or asks to wait.

        A POST is repeated only where GitHub has not acted on it: after a rate limit, not after a dead connection.

        Raises:
            CodeHostError: GitHub refuses, limits for longer than LONGEST_WAIT, or cannot be reached.
        """
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._client.request(method, self._api + path, headers=self._headers(), **arguments)
            except httpx.HTTPError as error:
                if attempt == TRIES or method == "POST":
                    raise CodeHostError(f"GitHub cannot be reached: {method} {path}", type(error).__name__) from error
                self._sleep(2.0**attempt)
                continue
            wait = self._wait(answer, attempt, method)
            if wait is None:
                return self._checked(answer, method, path)
            if wait > LONGEST_WAIT or attempt == TRIES:
                raise CodeHostError(f"GitHub limits requests: {method} {path}", f"repeat in {wait:.0f} s")
            self._sleep(wait)
        raise AssertionError("unreachable")

    def _wait(self, answer: httpx.Response, attempt: int, method: str) -> float | None:
        """Return seconds to wait before another try, None when the answer is final.

        See https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
        """
        limited = answer.status_code in {403, 429}
        if limited and answer.headers.get("retry-after", "").isdecimal():
            return float(answer.headers["retry-after"])
        if limited and answer.headers.get("x-ratelimit-remaining") == "0":
            reset = answer.headers.get("x-ratelimit-reset", "")
            return max(float(reset) - time.time(), 1.0) if reset.isdecimal() else 60.0
        if answer.status_code in _RETRIED and (method != "POST" or answer.status_code == 429):
            return None if attempt == TRIES and answer.status_code != 429 else 2.0**attempt
        return None

    def _checked(self, answer: httpx.Response, method: str, path: str) -> httpx.Response:
        if answer.status_code >= 400:
            said = answer.text[:2_000].replace(self._token.get_secret_value() or "\0", "***")
            raise _refused(answer.status_code, method, path, said)
        return answer

    @staticmethod
    def _json(answer: httpx.Response) -> Any:
        try:
            return answer.json()
        except ValueError as error:
            raise CodeHostError("GitHub's answer is not JSON", "is the API's address right?") from error


def _refused(status: int, method: str, path: str, body: str) -> CodeHostError:
    said = re.search(r'"message"\s*:\s*"([^"]{1,200})"', body)
    remedy = _REMEDIES.get(status, "")
    detail = "; ".join(part for part in (remedy, f"GitHub says: {said[1]}" if said else "") if part)
    return CodeHostError(f"GitHub answers {status} to {method} {path}", detail, status)
