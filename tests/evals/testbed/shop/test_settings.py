"""Settings that follow their file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from evals.testbed.shop.runtime.settings import Live, Settings


class _Till(Settings):
    drawer: float = 1.5


def _write(path: Path, text: str, stamp: int) -> None:
    """Write with a time of its own: two writes within the clock's resolution must not look alike."""
    path.write_text(text)
    os.utime(path, ns=(stamp, stamp))


def test_a_missing_file_means_defaults(tmp_path: Path) -> None:
    assert Live(_Till, tmp_path / "till.json").now == _Till()


def test_a_new_revision_takes_effect(tmp_path: Path) -> None:
    path = tmp_path / "till.json"
    live = Live(_Till, path)
    _write(path, json.dumps({"revision": 2, "drawer": 0.5}), 1_000)
    assert live.refresh()
    assert (live.now.revision, live.now.drawer) == (2, 0.5)
    assert not live.refresh()


@pytest.mark.parametrize("text", ["{", '{"drawer": "wide"}', "[]"])
def test_a_file_that_makes_no_sense_keeps_what_was(tmp_path: Path, text: str) -> None:
    path = tmp_path / "till.json"
    _write(path, json.dumps({"drawer": 0.5}), 1_000)
    live = Live(_Till, path)
    _write(path, text, 2_000)
    assert not live.refresh()
    assert live.now.drawer == 0.5


def test_settings_of_other_versions_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "till.json"
    _write(path, json.dumps({"drawer": 0.5, "from_the_future": 1}), 1_000)
    assert Live(_Till, path).now.drawer == 0.5
