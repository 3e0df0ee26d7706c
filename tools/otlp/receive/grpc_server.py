"""OTLP over gRPC: the Export methods of TraceService, LogsService and MetricsService."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from tools.errors import CollectorError
from tools.otlp.decode import Encoding, Signal
from tools.otlp.decode.tally import BadPayloadError
from tools.otlp.receive import answers
from tools.otlp.receive.receiver import Receiver

_SERVICES: dict[str, Signal] = {
    "opentelemetry.proto.collector.trace.v1.TraceService": "traces",
    "opentelemetry.proto.collector.logs.v1.LogsService": "logs",
    "opentelemetry.proto.collector.metrics.v1.MetricsService": "metrics",
}
_WORKERS = 16
_GRACE_SECONDS = 5.0


class GrpcServer:
    """Serves gRPC from a pool of threads.

    Args:
        receiver: takes the payloads.
        host: address to bind.
        port: port to bind; 0 lets the system choose.
        max_bytes: size of a message allowed.

    Raises:
        CollectorError: the port cannot be bound.
    """

    def __init__(self, receiver: Receiver, host: str, port: int, max_bytes: int) -> None:
        # Without this option a second server may share the port and take half of the requests.
        options = [("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", max_bytes)]
        self._server = grpc.server(ThreadPoolExecutor(_WORKERS, "whydown-grpc"), options=options)
        for service, signal in _SERVICES.items():
            handler = grpc.unary_unary_rpc_method_handler(
                _export(receiver, signal), response_serializer=lambda response: response.SerializeToString()
            )
            self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"Export": handler}),))
        address = f"[{host}]" if ":" in host else host
        try:
            self.port: int = self._server.add_insecure_port(f"{address}:{port}")
        except RuntimeError as error:
            raise CollectorError(
                f"cannot listen on {host}:{port} for gRPC", "choose another port, or 0 for any"
            ) from error
        self._server.start()

    def stop(self) -> None:
        """Answer what is under way and stop."""
        self._server.stop(_GRACE_SECONDS).wait()


def _export(receiver: Receiver, signal: Signal) -> Callable[[bytes, Any], Any]:
    def export(body: bytes, context: grpc.ServicerContext) -> Any:
        try:
            return answers.success(signal, receiver.accept(signal, Encoding.PROTOBUF, body))
        except BadPayloadError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except CollectorError as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(error))

    return export
