"""Clients to other services: found by name, balanced over their instances."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import httpx
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

logger = logging.getLogger("shop.clients")
PORT = 8080
"""The port in every service's public name; the real one is looked up."""
TENANT_HEADER = "x-tenant"
current_tenant: ContextVar[str] = ContextVar("current_tenant", default="")


class UpstreamError(Exception):
    """A service that was called did not answer as it should.

    Args:
        peer: the service.
        reason: what happened, one clause.
        status: the HTTP status to answer with: 502, or 504 after a timeout.
    """

    def __init__(self, peer: str, reason: str, status: int = 502) -> None:
        super().__init__(f"{peer} {reason}")
        self.peer = peer
        self.status = status


class RejectedError(Exception):
    """A service refused the request for a good reason (4xx); the reason is passed on to the caller."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class _ByName(httpx.AsyncBaseTransport):
    """Sends `http://SERVICE:8080/…` to the next instance of the service on loopback."""

    def __init__(self, ports: list[int], connections: int) -> None:
        self._ports = itertools.cycle(ports)
        self._inner = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=connections))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(host="127.0.0.1", port=next(self._ports))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Peers:
    """The other services as this one sees them.

    Args:
        ports: service → ports of its instances.
        connections: most connections to one service.
    """

    def __init__(self, ports: Mapping[str, list[int]], connections: int) -> None:
        self._clients = {
            peer: httpx.AsyncClient(transport=_ByName(list(found), connections), base_url=f"http://{peer}:{PORT}")
            for peer, found in ports.items()
        }
        for client in self._clients.values():
            HTTPXClientInstrumentor.instrument_client(client)

    async def call(self, peer: str, method: str, path: str, *, timeout: float, json: object = None) -> Any:
        """Call a service and return the decoded body.

        Args:
            peer: the service.
            method: the HTTP method.
            path: the path with its query.
            timeout: seconds to wait for the answer.
            json: the body, if there is one.

        Raises:
            UpstreamError: no answer, or a 5xx.
            RejectedError: a 4xx.
        """
        headers = {TENANT_HEADER: tenant} if (tenant := current_tenant.get()) else {}
        client = self._clients[peer]
        try:
            response = await client.request(method, path, json=json, headers=headers, timeout=timeout)
        except httpx.TimeoutException as error:
            raise UpstreamError(peer, f"did not answer {method} {path} within {timeout:g} s", 504) from error
        except httpx.TransportError as error:
            raise UpstreamError(peer, f"cannot be reached: {type(error).__name__}") from error
        if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise UpstreamError(peer, f"answered {method} {path} with {response.status_code}")
        if response.status_code >= httpx.codes.BAD_REQUEST:
            raise RejectedError(response.status_code, str(response.json().get("detail", "")))
        return response.json() if response.content else None

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()
