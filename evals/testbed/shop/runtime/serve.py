"""Run one service in this process until it is told to stop."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import redis.asyncio as redis
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from evals.testbed.shop.runtime.clock import HostClock
from evals.testbed.shop.runtime.database import Database
from evals.testbed.shop.runtime.discovery import TENANT_HEADER, Peers, RejectedError, UpstreamError, current_tenant
from evals.testbed.shop.runtime.gauges import add_gauge, add_gauges, add_process_gauges
from evals.testbed.shop.runtime.hotfix import Hotfix
from evals.testbed.shop.runtime.runtime import Needs, Runtime, Stores, mark
from evals.testbed.shop.runtime.settings import InstanceFile, Live, Settings
from evals.testbed.shop.runtime.telemetry import start_telemetry

logger = logging.getLogger("shop.service")
DRAIN_SECONDS = 2


def serve(instance: InstanceFile) -> None:
    """Serve until SIGTERM, then flush the telemetry."""
    module: Any = importlib.import_module(f"evals.testbed.shop.services.{instance.service}")
    telemetry = start_telemetry(instance)
    live: Live[Settings] = Live(module.Settings, instance.config_path())
    peers = Peers(instance.peers, live.now.http_pool_size)
    runtime = Runtime(instance, live, telemetry, peers, Stores())
    app = build_app(module, runtime)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=instance.port,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    try:
        asyncio.run(uvicorn.Server(config).serve())
    finally:
        telemetry.shutdown()


def build_app(module: Any, runtime: Runtime[Any]) -> FastAPI:
    """Return the web application of a service module."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with _running(module, runtime):
            yield

    app = FastAPI(title=runtime.instance.service, lifespan=lifespan, openapi_url=None)
    app.state.runtime = runtime
    app.include_router(module.router)
    app.add_api_route("/healthz", _healthy, include_in_schema=False)
    app.add_middleware(_Tenant)
    app.exception_handler(UpstreamError)(_upstream_failed)
    app.exception_handler(RejectedError)(_rejected)
    FastAPIInstrumentor.instrument_app(app, excluded_urls="healthz", exclude_spans=["receive", "send"])
    return app


@asynccontextmanager
async def _running(module: Any, runtime: Runtime[Any]) -> AsyncIterator[None]:
    """Open the stores, start what runs beside the requests, and clean up."""
    _open_stores(module.NEEDS, runtime)
    _add_gauges(runtime)
    hotfix = Hotfix(runtime.instance.folder / "patches" / f"{runtime.instance.instance}.json")
    clock = HostClock(runtime.instance.clock_path())
    work = [runtime.live.follow(), hotfix.follow(), clock.follow()]
    if hasattr(module, "background"):
        work.append(module.background(runtime))
    tasks = [asyncio.create_task(item) for item in work]
    logger.info("%s %s started", runtime.instance.service, runtime.instance.version)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks)
        await runtime.peers.close()
        if runtime.stores.database is not None:
            await runtime.stores.database.close()
        if runtime.stores.redis is not None:
            await runtime.stores.redis.aclose()


def _open_stores(needs: Needs, runtime: Runtime[Any]) -> None:
    if needs.database:
        runtime.stores.database = Database(runtime.instance, runtime.live)
    if needs.redis:
        runtime.stores.redis = redis.Redis(
            host="127.0.0.1",
            port=runtime.instance.redis_port,
            decode_responses=True,
            socket_timeout=runtime.settings.redis_timeout,
            socket_connect_timeout=runtime.settings.redis_timeout,
            max_connections=50,
        )


def _add_gauges(runtime: Runtime[Any]) -> None:
    meter = runtime.telemetry.meter
    add_process_gauges(meter)
    database = runtime.stores.database
    if database is not None:
        add_gauges(meter, "db.client.connection.count", "{connection}", database.usage)
        add_gauge(meter, "db.client.connection.pending_requests", "{request}", lambda: float(database.waiting))


async def _healthy() -> dict[str, str]:
    return {"status": "ok"}


class _Tenant:
    """Remembers whose request this is, for the span and for calls further down."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tenant = Headers(scope=scope).get(TENANT_HEADER, "") if scope["type"] == "http" else ""
        if tenant:
            mark(tenant_id=tenant)
            current_tenant.set(tenant)
        await self._app(scope, receive, send)


async def _upstream_failed(request: Request, error: Exception) -> JSONResponse:
    status = error.status if isinstance(error, UpstreamError) else 502
    logger.error("%s %s failed: %s", request.method, request.url.path, error)
    return JSONResponse({"detail": str(error)}, status_code=status)


async def _rejected(request: Request, error: Exception) -> JSONResponse:
    status = error.status if isinstance(error, RejectedError) else 400
    logger.warning("%s %s rejected: %s", request.method, request.url.path, error)
    return JSONResponse({"detail": str(error)}, status_code=status)
