"""Gauges every process exports: CPU, memory, threads, files, and the state of its pools."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import psutil
from opentelemetry.metrics import CallbackOptions, Meter, Observation

Read = Callable[[], float]


def add_process_gauges(meter: Meter) -> None:
    """Export the resource use of this process; CPU as a fraction of one core since the last export."""
    process = psutil.Process()
    process.cpu_percent()
    add_gauge(meter, "process.cpu.utilization", "1", lambda: process.cpu_percent() / 100)
    add_gauge(meter, "process.memory.usage", "By", lambda: float(process.memory_info().rss))
    add_gauge(meter, "process.thread.count", "{thread}", lambda: float(process.num_threads()))
    add_gauge(meter, "process.open_file_descriptor.count", "{count}", lambda: float(process.num_fds()))


def add_gauge(meter: Meter, name: str, unit: str, read: Read, attributes: dict[str, str] | None = None) -> None:
    """Export what a function returns, read at every export."""
    add_gauges(meter, name, unit, lambda: [(read(), attributes or {})])


def add_gauges(meter: Meter, name: str, unit: str, read: Callable[[], Iterable[tuple[float, dict[str, str]]]]) -> None:
    """Export several values of one instrument, told apart by their attributes."""

    def observe(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, attributes) for value, attributes in read()]

    meter.create_observable_gauge(name, callbacks=[observe], unit=unit)
