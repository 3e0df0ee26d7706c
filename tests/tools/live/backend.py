"""A backend made of a function, to test what reads it; a server's own tests use the server."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx

from tests.builders import window
from tools.live.budget import Budget
from tools.live.opening import Opening
from tools.live.settings import BackendSettings

Handler = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]] | Callable[[httpx.Request], httpx.Response]
URL = "http://backend.test:9090"


def settings(**fields: Any) -> BackendSettings:
    """Return settings of a backend at `URL`, which needs no network with a transport of its own."""
    return BackendSettings.model_validate({"kind": "fake", "url": URL, **fields})


def opening(signal: str = "metrics", budget: float = 10.0, **fields: Any) -> Opening:
    """Return what a module is given, for the windows of `tests.builders`."""
    return Opening(settings(**fields), signal, window(0, 120), Budget(budget), Path("whydown.toml"))


def transport(handler: Handler) -> httpx.MockTransport:
    """Return a transport that answers with a function."""
    return httpx.MockTransport(handler)
