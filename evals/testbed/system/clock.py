"""A process whose host has a wrong clock: libfaketime lies to it about the time, not about durations."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from evals.testbed.shop.runtime.settings import InstanceFile
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


def serve_elsewhen(instance: InstanceFile, seconds: float) -> NoReturn:
    """Become a fresh Python process that serves an instance, its clock some seconds ahead (or behind)."""
    lies = [f"LD_PRELOAD={library()}", f"FAKETIME={seconds:+g}s", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
    program = [shutil.which("env") or "/usr/bin/env", *lies, sys.executable, "-m", __name__, instance.model_dump_json()]
    os.execv(program[0], program)


def main() -> None:
    """Serve the instance given as JSON."""
    from evals.testbed.shop.runtime.serve import serve

    serve(InstanceFile.model_validate_json(sys.argv[1]))


if __name__ == "__main__":
    main()
