"""From what went wrong with a request to one line and a remedy."""

from __future__ import annotations

import random
import re

import httpx

from tools.errors import SourceError

RETRIED = frozenset({429, 500, 502, 503, 504})
"""Statuses that another try may turn into an answer."""
FIRST_WAIT = 0.25
"""Seconds before the second try, on average; doubled for each further one."""
_REMEDIES = {
    400: "the query is not understood; is the kind right?",
    401: "it wants credentials: set token_env, or username with password_env",
    403: "the credentials may not read this",
    404: "nothing there; is the kind right, and the url complete, with its path prefix?",
    413: "the answer would be too large; compare shorter windows",
    422: "the query cannot be run; compare shorter windows",
    429: "it limits requests; lower concurrency or repeat later",
}
_UNKNOWN_HOST = ("Name or service not known", "name resolution", "No address associated", "nodename nor servname")


def refused(source: str, status: int, said: str, *, known: bool = False) -> SourceError:
    """Return the failure of an answer with an error status.

    Args:
        source: who answered.
        status: 300 or above.
        said: the body of the answer, without secrets.
        known: whether credentials were sent.
    """
    if 300 <= status < 400:
        return SourceError(f"{source} redirects elsewhere, which is not followed", "give the final address as url")
    remedy = "it refuses the credentials: are they right, and meant for it?" if known and status == 401 else ""
    known_path = status != 400 or "unsupported path" not in said.lower()  # how VictoriaMetrics' products say 404
    remedy = remedy or _REMEDIES.get(status if known_path else 404, "it is in trouble itself" if status >= 500 else "")
    words = one_line(said, 160)
    return SourceError(
        f"{source} answers {status}", "; ".join(part for part in (remedy, f"it says: {words}" if words else "") if part)
    )


def unreachable(source: str, error: OSError | httpx.HTTPError) -> SourceError:
    """Return the failure of a request that got no answer."""
    if "CERTIFICATE" in str(error).upper():
        return SourceError(f"{source} cannot be reached", "its certificate or ours is refused; check its url and files")
    if "SSL" in str(error).upper():
        return SourceError(f"{source} cannot be reached", "it does not speak TLS; should its url begin with http://?")
    if isinstance(error, httpx.ConnectError):
        unknown = any(words in str(error) for words in _UNKNOWN_HOST)
        reason = "nobody knows its host" if unknown else "nobody listens there"
        return SourceError(f"{source} cannot be reached", f"{reason}; check its url")
    return SourceError(f"{source} broke off", type(error).__name__)


def wait_before(attempt: int, answer: httpx.Response | None) -> float:
    """Return seconds to wait before the next try: what the backend asks for, else with jitter.

    Args:
        attempt: 1 for the first repetition.
        answer: the refusal; None when there was no answer at all.
    """
    asked = answer.headers.get("retry-after", "") if answer is not None else ""
    if asked.isdecimal():
        return float(asked)
    return FIRST_WAIT * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)


def one_line(text: str, limit: int) -> str:
    """Return the beginning of a foreign text in one line, without control characters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text[: limit * 4])
    said = re.search(r'"(?:error|message|reason)"\s*:\s*"([^"]+)"', plain)
    return " ".join((said[1] if said else re.sub(r"<[^>]*>", " ", plain)).split())[:limit]
