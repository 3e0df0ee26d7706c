"""Control groups: limits on the CPU and memory of one process, enforced by the kernel."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tools.errors import PrerequisiteError

ROOT = Path("/sys/fs/cgroup")
PREFIX = "whydown-"
PERIOD_US = 100_000
MEGABYTE = 1 << 20


def make_groups(name: str, cores: float = 0.0, megabytes: float = 0.0) -> list[Path]:
    """Make the groups that limit a process, version 1 or 2 of the interface, whichever is there.

    Args:
        name: of the process; groups also carry this process's id, so that leftovers can be told.
        cores: CPU it may use; 0 for no limit.
        megabytes: memory it may use; 0 for no limit. Beyond it the kernel kills it.

    Raises:
        PrerequisiteError: control groups cannot be made here.
    """
    title = f"{PREFIX}{os.getpid()}-{name}"
    try:
        if (ROOT / "cgroup.controllers").exists():
            return [_make_unified(ROOT / title, cores, megabytes)]
        return list(_make_separate(title, cores, megabytes))
    except OSError as error:
        raise PrerequisiteError(
            f"no control group can be made: {error.strerror}", "run as root where /sys/fs/cgroup is writable"
        ) from error


def remove_groups(groups: list[Path]) -> None:
    """Remove groups that no process is in any more."""
    for group in groups:
        with contextlib.suppress(OSError):
            group.rmdir()


def sweep(gone: int = 0) -> None:
    """Remove the groups of keepers that are gone; of `gone` also while nobody has taken note of its end yet."""
    for group in [*ROOT.glob(f"{PREFIX}*"), *ROOT.glob(f"*/{PREFIX}*")]:
        owner = group.name.removeprefix(PREFIX).partition("-")[0]
        if owner == str(gone) or not Path("/proc", owner).exists():
            remove_groups([group])


def _make_unified(group: Path, cores: float, megabytes: float) -> Path:
    group.mkdir(exist_ok=True)
    if cores:
        (group / "cpu.max").write_text(f"{round(cores * PERIOD_US)} {PERIOD_US}", encoding="ascii")
    if megabytes:
        (group / "memory.max").write_text(str(round(megabytes * MEGABYTE)), encoding="ascii")
    return group


def _make_separate(title: str, cores: float, megabytes: float) -> Iterator[Path]:
    if cores:
        group = ROOT / "cpu" / title
        group.mkdir(exist_ok=True)
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_US), encoding="ascii")
        (group / "cpu.cfs_quota_us").write_text(str(round(cores * PERIOD_US)), encoding="ascii")
        yield group
    if megabytes:
        group = ROOT / "memory" / title
        group.mkdir(exist_ok=True)
        (group / "memory.limit_in_bytes").write_text(str(round(megabytes * MEGABYTE)), encoding="ascii")
        yield group
