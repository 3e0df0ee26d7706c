"""The collector of the demo system, as a process of its own."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

NICENESS = 10
"""Whoever serves customers goes first: what is collected can wait a moment, they cannot."""


def run_collector(folder: str, port: int) -> None:
    """Receive OTLP over HTTP into a folder until SIGTERM, then leave it complete."""
    from tools.otlp import Collector

    os.nice(NICENESS)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    with Collector(Path(folder), http_port=port, grpc_port=None):
        ended.wait()
