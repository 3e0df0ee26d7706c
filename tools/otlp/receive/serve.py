"""Run a collector in the foreground until a signal or a time limit ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tools.otlp.decode import Tally
from tools.otlp.receive.collector import Collector

_TICK_SECONDS = 1.0


def serve(
    collector: Collector,
    *,
    seconds: float | None = None,
    ready: Callable[[Collector], None],
    progress: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Collect until SIGINT, SIGTERM or a time limit; then move everything into Parquet parts.

    Args:
        collector: not yet entered.
        seconds: how long; None means until a signal.
        ready: called once when it listens.
        progress: called about once a second with what was received.

    Returns:
        What was received.

    Raises:
        CollectorError: it cannot start, or the disk refuses.
    """
    with _stopped_by_signals() as stop, collector:
        ready(collector)
        left = seconds
        while not stop.wait(_TICK_SECONDS if left is None else max(min(left, _TICK_SECONDS), 0.0)):
            progress(collector.tally)
            if left is not None and (left := left - _TICK_SECONDS) <= 0:
                break
    return collector.tally


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    """Yield an event that SIGINT and SIGTERM set, also while the last records are written."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
