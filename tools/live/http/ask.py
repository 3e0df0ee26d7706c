"""A request to a backend, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from tools.errors import SourceError

Param = str | int | float | bool | Sequence[str]
"""A value of a query parameter; a list repeats the parameter."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One read request.

    A GET, unless it has a `form` (sent as x-www-form-urlencoded), a `body` (sent as JSON) or a `text`
    (sent as plain text): then a POST, to a path that the backend's module declares as a query.
    """

    path: str
    params: Mapping[str, Param] = field(default_factory=dict)
    form: Mapping[str, Param] | None = None
    body: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """Return GET or POST."""
        return "GET" if self.form is None and self.body is None and self.text is None else "POST"

    def content(self) -> dict[str, Any]:
        """Return the arguments of httpx that carry what is sent, and its headers."""
        if self.form is not None:
            return {"data": dict(self.form), "headers": dict(self.headers)}
        if self.body is not None:
            return {
                "content": orjson.dumps(self.body),
                "headers": {"Content-Type": "application/json", **self.headers},
            }
        if self.text is not None:
            return {
                "content": self.text.encode(),
                "headers": {"Content-Type": "text/plain; charset=utf-8", **self.headers},
            }
        return {"headers": dict(self.headers)}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a backend answered with a status below 300; `source` names the backend in messages."""

    source: str
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """Return the content as JSON.

        Raises:
            SourceError: it is none.
        """
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError as error:
            raise SourceError(f"the answer of {self.source} is not JSON", "is its url right?") from error

    def lines(self) -> list[Any]:
        """Return the JSON values of an answer that has one in every line.

        Raises:
            SourceError: a line is none.
        """
        try:
            return [orjson.loads(line) for line in self.content.splitlines() if line.strip()]
        except orjson.JSONDecodeError as error:
            raise SourceError(f"the answer of {self.source} is not lines of JSON", "is its url right?") from error


def segment(text: str) -> str:
    """Return a text as one segment of a path; what telemetry contains cannot lead anywhere else."""
    return quote(text, safe="") if text not in {".", ".."} else quote(text, safe="").replace(".", "%2E")
