"""A process whose host has a wrong clock: libfaketime lies to it about the time, not about durations."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from evals.testbed.shop.runtime.settings import InstanceFile
from evals.testbed.system.plan import Plan
from tools.errors import PrerequisiteError


def library() -> str:
    """Return the path of libfaketime.

    Raises:
        PrerequisiteError: it is not installed.
    """
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        raise PrerequisiteError("libfaketime is not installed", "apt-get install --no-install-recommends faketime")
    return str(found[0])


def clock_path(plan: Plan, instance: str) -> Path:
    """Return the file that says how wrong an instance's clock is."""
    return plan.folder / "config" / f"{instance}.clock"


def set_clock(plan: Plan, instance: str, seconds: float) -> None:
    """Set an instance's clock so many seconds ahead, or behind if negative."""
    fresh = clock_path(plan, instance).with_suffix(".new")
    fresh.write_text(f"{seconds:+g}\n", encoding="ascii")
    fresh.replace(clock_path(plan, instance))


def clock_command(plan: Plan, instance: InstanceFile) -> list[str]:
    """Return the command of a fresh Python process that serves an instance by a clock of its own.

    Raises:
        PrerequisiteError: libfaketime is not installed.
    """
    lies = {
        "LD_PRELOAD": library(),
        "FAKETIME_TIMESTAMP_FILE": str(clock_path(plan, instance.instance)),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    env = shutil.which("env") or "/usr/bin/env"
    return [
        env,
        *(f"{name}={value}" for name, value in lies.items()),
        sys.executable,
        "-m",
        __name__,
        instance.model_dump_json(),
    ]


def serve_by_own_clock(command: list[str]) -> None:
    """Become that process."""
    os.execv(command[0], command)


def main() -> None:
    """Serve the instance given as JSON."""
    from evals.testbed.shop.runtime.serve import serve

    serve(InstanceFile.model_validate_json(sys.argv[1]))


if __name__ == "__main__":
    main()
