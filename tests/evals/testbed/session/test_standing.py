"""Finding a system that is up, or not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.testbed.session.standing import POINTER, put_up, standing, take_down
from evals.testbed.system.plan import PLAN_FILE
from tools.errors import FolderError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _point_at(folder: Path) -> None:
    POINTER.parent.mkdir(parents=True)
    POINTER.write_text(json.dumps({"folder": str(folder)}))


def test_nothing_is_up() -> None:
    with pytest.raises(FolderError, match="testbed up"):
        standing()
    with pytest.raises(FolderError, match="no demo system is up"):
        take_down()


def test_only_one_can_be_up(tmp_path: Path) -> None:
    (tmp_path / PLAN_FILE).touch()
    _point_at(tmp_path)
    with pytest.raises(FolderError, match="testbed down"):
        put_up("", tmp_path / "shop")


def test_what_died_by_itself_is_tidied_up(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    _point_at(folder)
    with pytest.raises(FolderError, match="no demo system is up"):
        standing()
    take_down()
    assert not folder.exists()
    assert not POINTER.exists()
