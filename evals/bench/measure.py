"""Measure commands as processes of their own: wall time, CPU time, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tools.errors import WhydownError

if TYPE_CHECKING:
    from evals.bench.worker import SurveyCost


@dataclass(frozen=True, slots=True)
class Run:
    """One process, from start to exit: seconds, and peak resident memory in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    output: str


def run_python(arguments: Sequence[str], folder: Path) -> Run:
    """Run `python ARGUMENTS` in a folder and measure it.

    Raises:
        WhydownError: it failed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout, process.stderr:
        output = process.stdout.read()
        complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = complaint.strip().splitlines()[-1] if complaint.strip() else "nothing on standard error"
        raise WhydownError(f"`python {' '.join(arguments)}` failed with exit code {process.returncode}", last)
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def typical(runs: Sequence[Run]) -> Run:
    """Return medians of time and the highest peak; the output is the last one's."""
    return Run(
        wall_s=median(run.wall_s for run in runs),
        cpu_s=median(run.cpu_s for run in runs),
        peak_mb=max(run.peak_mb for run in runs),
        output=runs[-1].output,
    )


def measure_survey(folder: Path, scratch: Path, repeat: int) -> tuple[Run, SurveyCost]:
    """Survey a store in processes of their own."""
    from evals.bench.worker import SurveyCost

    run = typical([run_python(["-m", "evals.bench.worker", str(folder.resolve())], scratch) for _ in range(repeat)])
    return run, SurveyCost.model_validate_json(run.output)


def measure_investigation(folder: Path, scratch: Path, repeat: int) -> Run:
    """Investigate a folder as a user does: from process start to the printed report."""
    command = ["-m", "agent", "investigate", str(folder.resolve()), "--no-model"]
    return typical([run_python(command, scratch) for _ in range(repeat)])
