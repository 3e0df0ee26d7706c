"""Gauges every process exports: CPU, memory, threads, files, and the state of its pools."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
from opentelemetry.metrics import CallbackOptions, Meter, Observation

Read = Callable[[], float]
CGROUPS = Path("/sys/fs/cgroup")


def add_process_gauges(meter: Meter) -> None:
    """Export the resource use of this process; CPU as a fraction of one core since the last export."""
    process = psutil.Process()
    process.cpu_percent()
    add_gauge(meter, "process.cpu.utilization", "1", lambda: process.cpu_percent() / 100)
    add_gauge(meter, "process.memory.usage", "By", lambda: float(process.memory_info().rss))
    add_gauge(meter, "process.thread.count", "{thread}", lambda: float(process.num_threads()))
    add_gauge(meter, "process.open_file_descriptor.count", "{count}", lambda: float(process.num_fds()))
    meter.create_observable_counter(
        "container.cpu.throttling_data.throttled_time",
        [lambda _: [Observation(throttled_ns(Path("/proc/self/cgroup").read_text(encoding="ascii")))]],
        "ns",
    )


def throttled_ns(membership: str, root: Path = CGROUPS) -> int:
    """Return how long the kernel has kept a process's control group from running, 0 where nothing limits it.

    Args:
        membership: what /proc/PID/cgroup says, version 1 or 2.
        root: where control groups are mounted.
    """
    for line in membership.splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers == "" or "cpu" in controllers.split(","):
            stat = root / controllers.partition(",")[0] / group.lstrip("/") / "cpu.stat"
            if stat.exists():
                values = dict(pair.split() for pair in stat.read_text(encoding="ascii").splitlines())
                return int(values.get("throttled_time", 0)) or 1_000 * int(values.get("throttled_usec", 0))
    return 0


def add_gauge(meter: Meter, name: str, unit: str, read: Read, attributes: dict[str, str] | None = None) -> None:
    """Export what a function returns, read at every export."""
    add_gauges(meter, name, unit, lambda: [(read(), attributes or {})])


def add_gauges(meter: Meter, name: str, unit: str, read: Callable[[], Iterable[tuple[float, dict[str, str]]]]) -> None:
    """Export several values of one instrument, told apart by their attributes."""

    def observe(_: CallbackOptions) -> Iterable[Observation]:
        return [Observation(value, attributes) for value, attributes in read()]

    meter.create_observable_gauge(name, callbacks=[observe], unit=unit)
