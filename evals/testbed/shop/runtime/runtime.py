"""The runtime of one service process: everything its request handlers may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Generic, Protocol, cast

import redis.asyncio as redis
from fastapi import APIRouter, Depends, Request
from opentelemetry import trace

from evals.testbed.shop.runtime.database import Database
from evals.testbed.shop.runtime.discovery import Peers
from evals.testbed.shop.runtime.settings import InstanceFile, Live, S
from evals.testbed.shop.runtime.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Needs:
    """Which stores a service uses."""

    database: bool = False
    redis: bool = False


@dataclass(frozen=True, slots=True)
class Runtime(Generic[S]):
    """What handlers get. `database` and `redis` exist for services that declare them in `NEEDS`."""

    instance: InstanceFile
    live: Live[S]
    telemetry: Telemetry
    peers: Peers
    stores: Stores

    @property
    def settings(self) -> S:
        """Return the settings in effect now."""
        return self.live.now

    @property
    def database(self) -> Database:
        """Return the connection pool."""
        if self.stores.database is None:
            raise LookupError(f"{self.instance.service} declares no database")
        return self.stores.database

    @property
    def redis(self) -> redis.Redis:
        """Return the Redis client."""
        if self.stores.redis is None:
            raise LookupError(f"{self.instance.service} declares no Redis")
        return self.stores.redis

    async def call(self, peer: str, method: str, path: str, json: object = None) -> Any:
        """Call another service with the usual time-out; see `Peers.call`."""
        return await self.peers.call(peer, method, path, json=json, timeout=self.settings.http_timeout)


@dataclass(slots=True)
class Stores:
    """The stores of a service, opened when the process starts to serve."""

    database: Database | None = None
    redis: redis.Redis | None = None


class ServiceModule(Protocol):
    """What a module in `shop.services` offers."""

    router: APIRouter
    NEEDS: Needs


def current_runtime(request: Request) -> Runtime[Any]:
    """Return the runtime of the application that handles a request."""
    return cast(Runtime[Any], request.app.state.runtime)


Shop = Annotated[Runtime[Any], Depends(current_runtime)]
"""Parameter type of request handlers."""


def mark(**attributes: str | int | float) -> None:
    """Set attributes of the current span; `product_sku` becomes `product.sku`."""
    trace.get_current_span().set_attributes({name.replace("_", ".", 1): value for name, value in attributes.items()})
