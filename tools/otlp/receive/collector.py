"""The collector: servers, receiver, spool and compaction of one folder, as a context manager."""

from __future__ import annotations

import contextlib
import logging
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.errors import CollectorError
from tools.otlp.decode import Tally
from tools.otlp.parts.lock import FolderLock
from tools.otlp.parts.part_store import PartStore
from tools.otlp.receive.compaction import compact, recover
from tools.otlp.receive.receiver import Receiver
from tools.otlp.receive.spool import Spool

LOOPBACK = "127.0.0.1"
HTTP_PORT, GRPC_PORT = 4318, 4317
"""The protocol's own ports."""
MAX_BYTES = 64 << 20
"""Size of a request allowed, before and after decompression."""

_LOG = logging.getLogger(__name__)


class Collector:
    """Receives OTLP into a folder while the context is open.

    Everything acknowledged is in the spool, on disk, before its sender hears so. It moves to Parquet parts
    every `compact_seconds`, on `compact()`, and when the context closes.

    Args:
        folder: an incident folder; made when missing.
        host: address to listen on.
        http_port: port for HTTP; 0 lets the system choose, None leaves HTTP out.
        grpc_port: port for gRPC; 0 lets the system choose, None leaves gRPC out.
        compact_seconds: time between compactions.
        max_bytes: size of a request allowed.

    Raises:
        CollectorError: on entering: the folder is in use or cannot be written, or a port is taken.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str = LOOPBACK,
        http_port: int | None = 0,
        grpc_port: int | None = 0,
        compact_seconds: float = 10.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self.folder = folder
        self.recovered = Tally()
        """What an earlier collector had left in the spool."""
        self._host = host
        self._ports = (http_port, grpc_port)
        self._seconds = compact_seconds
        self._max_bytes = max_bytes
        self._endpoints: dict[str, str] = {}
        self._stop = threading.Event()
        self._compacting = threading.Lock()
        self._cleanup = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.enter_context(FolderLock(self.folder))
            self._parts = PartStore(self.folder)
            self._spool = Spool(self.folder)
            stack.callback(self._compact_closed)
            stack.callback(self._spool.close)
            self._receiver = Receiver(self._spool)
            self.recovered = recover(self.folder, self._parts, self._receiver.remember)
            self._serve(stack)
            compactor = threading.Thread(target=self._compact_regularly, name="whydown-compact", daemon=True)
            compactor.start()
            stack.callback(compactor.join)
            stack.callback(self._stop.set)
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.__exit__(kind, error, trace)

    @property
    def http_endpoint(self) -> str:
        """Return the base URL for OTLP over HTTP, as for OTEL_EXPORTER_OTLP_ENDPOINT."""
        return self._endpoints["http"]

    @property
    def grpc_endpoint(self) -> str:
        """Return the URL for OTLP over gRPC."""
        return self._endpoints["grpc"]

    @property
    def tally(self) -> Tally:
        """Return what was received since the start."""
        return self._receiver.tally

    def compact(self) -> None:
        """Move everything acknowledged so far into Parquet parts.

        Raises:
            CollectorError: the disk refuses; what is acknowledged stays in the spool.
        """
        with self._compacting:
            self._spool.rotate()
            self._compact_closed()

    def _compact_closed(self) -> None:
        for path in self._spool.closed_segments():
            compact(path, self._parts, Tally())

    def _serve(self, stack: contextlib.ExitStack) -> None:
        http_port, grpc_port = self._ports
        name = f"[{self._host}]" if ":" in self._host else self._host
        if http_port is not None:
            from tools.otlp.receive.http_server import HttpServer

            http = HttpServer(self._receiver, self._host, http_port, self._max_bytes)
            stack.callback(http.stop)
            self._endpoints["http"] = f"http://{name}:{http.port}"
        if grpc_port is not None:
            from tools.otlp.receive.grpc_server import GrpcServer

            server = GrpcServer(self._receiver, self._host, grpc_port, self._max_bytes)
            stack.callback(server.stop)
            self._endpoints["grpc"] = f"http://{name}:{server.port}"

    def _compact_regularly(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self.compact()
            except CollectorError as error:
                _LOG.warning("%s; what was received stays in the spool", error)
