"""Groups are made for both versions of the interface, and those of the dead are removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evals.testbed.system import cgroups
from tools.errors import PrerequisiteError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    return tmp_path


def test_version_2_holds_both_limits_in_one_group(root: Path) -> None:
    (root / "cgroup.controllers").touch()
    (group,) = cgroups.make_groups("catalog-1", cores=0.25, megabytes=64)
    assert (group / "cpu.max").read_text() == "25000 100000"
    assert (group / "memory.max").read_text() == str(64 << 20)


def test_version_1_has_a_group_a_controller(root: Path) -> None:
    for controller in ("cpu", "memory"):
        (root / controller).mkdir()
    cpu, memory = cgroups.make_groups("catalog-1", cores=0.5, megabytes=64)
    assert (cpu.parent.name, memory.parent.name) == ("cpu", "memory")
    assert (cpu / "cpu.cfs_quota_us").read_text() == "50000"
    assert (memory / "memory.limit_in_bytes").read_text() == str(64 << 20)


def test_where_none_can_be_made_the_error_has_a_remedy(root: Path) -> None:
    with pytest.raises(PrerequisiteError, match="no control group") as raised:
        cgroups.make_groups("catalog-1", cores=0.5)
    assert "root" in raised.value.remedy


def _group(root: Path, owner: int) -> Path:
    path = root / "cpu" / f"{cgroups.PREFIX}{owner}-catalog-1"
    path.mkdir(parents=True)
    return path


def test_the_groups_of_the_dead_go_and_those_of_the_living_stay(root: Path) -> None:
    dead, living = _group(root, 2**22 + 7), _group(root, os.getpid())
    cgroups.sweep()
    assert not dead.exists()
    assert living.exists()


def test_who_is_known_to_be_gone_is_not_waited_for(root: Path) -> None:
    mine, other = _group(root, os.getpid()), _group(root, os.getppid())
    cgroups.sweep(gone=os.getpid())
    assert not mine.exists()
    assert other.exists()
