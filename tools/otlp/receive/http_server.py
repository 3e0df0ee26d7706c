"""OTLP over HTTP: /v1/traces, /v1/logs, /v1/metrics, as the protocol's specification says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import uvicorn
from google.protobuf.message import Message
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tools.errors import CollectorError
from tools.otlp.compression import CompressionError, TooLargeError, decompress
from tools.otlp.decode import Encoding, Signal
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.receive import answers
from tools.otlp.receive.receiver import Receiver

PATHS: dict[str, Signal] = {"/v1/traces": "traces", "/v1/logs": "logs", "/v1/metrics": "metrics"}
_MEDIA = {"application/x-protobuf": Encoding.PROTOBUF, "application/json": Encoding.JSON}
_MEDIA_OF = {encoding: media for media, encoding in _MEDIA.items()}
_COMPRESSIONS = {"", "identity", "gzip", "deflate", "zstd"}
_RETRY_SECONDS = "5"
_KEEP_ALIVE_SECONDS = 75
"""Longer than any usual pause between two exports: at the server's own 5 s, which is also the SDKs' pause, a connection
is closed just when it is used again."""


class _RefusalError(Exception):
    """A request that is answered with an error status."""

    def __init__(self, status: int, message: str, code: int = answers.INVALID) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class _Form(NamedTuple):
    """How a request says it is written."""

    encoding: Encoding
    compression: str


def build_app(receiver: Receiver, max_bytes: int) -> Starlette:
    """Return the web application.

    Args:
        receiver: takes the payloads.
        max_bytes: size of a request body allowed, before and after decompression.
    """
    routes = [Route(path, _endpoint(receiver, signal, max_bytes), methods=["POST"]) for path, signal in PATHS.items()]
    return Starlette(routes=routes)


def _endpoint(receiver: Receiver, signal: Signal, max_bytes: int) -> Callable[[Request], Awaitable[Response]]:
    async def export(request: Request) -> Response:
        encoding = Encoding.PROTOBUF
        try:
            encoding, compression = _form(request)
            body = await _body(request, max_bytes)
            return await run_in_threadpool(_accept, receiver, signal, encoding, compression, body, max_bytes)
        except _RefusalError as refusal:
            return _response(answers.failure(str(refusal), refusal.code), encoding, refusal.status)
        except ClientDisconnect:
            return Response(status_code=400)

    return export


def _form(request: Request) -> _Form:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    compression = request.headers.get("content-encoding", "").strip().lower()
    if media not in _MEDIA:
        raise _RefusalError(415, f"send application/x-protobuf or application/json, not {media or 'nothing'}")
    if compression not in _COMPRESSIONS:
        raise _RefusalError(415, f"send gzip, zstd, deflate or identity, not {compression}")
    return _Form(_MEDIA[media], compression)


async def _body(request: Request, max_bytes: int) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise _RefusalError(413, f"the request holds more than {max_bytes:,} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _accept(
    receiver: Receiver, signal: Signal, encoding: Encoding, compression: str, body: bytes, max_bytes: int
) -> Response:
    try:
        receipt = receiver.accept(signal, encoding, decompress(body, compression, max_bytes))
    except TooLargeError as error:
        raise _RefusalError(413, f"the request holds {error}") from error
    except (BadPayloadError, CompressionError) as error:
        raise _RefusalError(400, str(error)) from error
    except CollectorError as error:
        raise _RefusalError(503, str(error), answers.UNAVAILABLE) from error
    return _response(answers.success(signal, receipt), encoding, 200)


def _response(message: Message, encoding: Encoding, status: int) -> Response:
    headers = {"Retry-After": _RETRY_SECONDS} if status == 503 else None
    return Response(answers.encode(message, encoding), status, headers, media_type=_MEDIA_OF[encoding])


class HttpServer:
    """Serves the application from a thread of its own.

    Args:
        receiver: takes the payloads.
        host: address to bind.
        port: port to bind; 0 lets the system choose.
        max_bytes: size of a request body allowed.

    Raises:
        CollectorError: the port cannot be bound.
    """

    def __init__(self, receiver: Receiver, host: str, port: int, max_bytes: int) -> None:
        self._socket = bind(host, port)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            build_app(receiver, max_bytes),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=5,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="whydown-http", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Answer what is under way and stop."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        CollectorError: the address is wrong or in use.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CollectorError(f"cannot listen on {host}", error.strerror or str(error)) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(1024)
    except OSError as error:
        bound.close()
        reason = error.strerror or str(error)
        raise CollectorError(
            f"cannot listen on {host}:{port} ({reason})", "choose another port, or 0 for any"
        ) from error
    return bound
