"""Recorded answers of real servers, to be given again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent / "recordings"


@dataclass(frozen=True)
class Recording:
    """One request and what a real server answered."""

    path: str
    params: dict[str, str]
    status: int
    content_type: str
    text: str

    def json(self) -> Any:
        return json.loads(self.text)

    def answer(self) -> httpx.Response:
        return httpx.Response(self.status, text=self.text, headers={"content-type": self.content_type})


@cache
def recordings(name: str) -> tuple[Recording, ...]:
    """Return all recordings of one server."""
    return tuple(
        Recording(
            entry["request"]["path"],
            {key: str(value) for key, value in (entry["request"]["params"] or {}).items()},
            entry["response"]["status"],
            entry["response"]["content_type"],
            entry["response"]["body"]
            if isinstance(entry["response"]["body"], str)
            else json.dumps(entry["response"]["body"]),
        )
        for entry in json.loads((HERE / f"{name}.json").read_text())
    )


def replay(name: str, request: httpx.Request) -> httpx.Response | None:
    """Return the recorded answer to a request with the same path and parameters, None when there is none."""
    params = dict(request.url.params)
    same = [r for r in recordings(name) if r.path == request.url.path and r.params == params]
    return same[0].answer() if same else None
