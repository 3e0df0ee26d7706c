"""The collector of the demo system, as a process of its own."""

from __future__ import annotations

import signal
import threading
from pathlib import Path


def run_collector(folder: str, port: int) -> None:
    """Receive OTLP over HTTP into a folder until SIGTERM, then leave it complete."""
    from tools.otlp import Collector

    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Collector(Path(folder), http_port=port, grpc_port=None):
        ended.wait()
