"""When a picture is complete enough for the ranking to be surer of one component among others."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.investigation.nodes import STRETCHES, complete
from tests.builders import Folder, Log, Point, Span, window
from tools.window import Scope

LONG = Scope.of(window(300, 330), [window(0, 30 * STRETCHES)])
SHORT = Scope.of(window(300, 330), [window(0, 30 * STRETCHES - 1)])


def folder(path: Path) -> Folder:
    return Folder(path).spans(Span("t", "a")).logs(Log("front", "hello")).metrics(Point("front", "cpu", 1.0))


def test_all_signals_and_a_long_baseline_are_complete(tmp_path: Path) -> None:
    assert complete(folder(tmp_path).open(), LONG)


def test_a_short_baseline_is_not(tmp_path: Path) -> None:
    assert not complete(folder(tmp_path).open(), SHORT)


@pytest.mark.parametrize("missing", ["traces", "logs", "metrics"])
def test_neither_is_one_signal_less(tmp_path: Path, missing: str) -> None:
    (folder(tmp_path).path / f"{missing}.parquet").unlink()
    assert not complete(Folder(tmp_path).open(), LONG)
