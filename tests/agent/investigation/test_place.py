from __future__ import annotations

from pathlib import Path

import pytest

from agent.investigation.place import is_live, open_place, with_windows
from agent.schema import Incident
from tests.builders import INCIDENT, window
from tools.config import Settings
from tools.errors import ConfigError
from tools.window import to_ns


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "live.toml"
    path.write_text(text)
    return path


def test_a_folder_keeps_its_windows_open(tmp_path: Path) -> None:
    asked = Incident(folder=tmp_path)
    assert not is_live(tmp_path)
    assert with_windows(asked) == asked


def test_live_windows_are_fixed_when_the_question_is_asked(tmp_path: Path) -> None:
    from tools.clock import now

    asked = with_windows(Incident(folder=settings_file(tmp_path, "[sources]\nbaseline_seconds = 600\n")))
    assert asked.incident_window is not None
    assert asked.baseline_window is not None
    assert asked.incident_window.seconds == 1800
    assert abs(asked.incident_window.end_ns - to_ns(now())) < 60e9
    assert asked.baseline_window.seconds == 600
    assert asked.baseline_window.end_ns == asked.incident_window.start_ns
    assert with_windows(asked) == asked


def test_given_windows_stay(tmp_path: Path) -> None:
    asked = Incident(folder=settings_file(tmp_path, ""), incident_window=INCIDENT, baseline_window=window(-100, -50))
    assert with_windows(asked) == asked


def test_a_file_without_sources_says_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sources\.metrics"):
        open_place(Incident(folder=settings_file(tmp_path, "")), Settings())


def test_an_unknown_kind_lists_the_known_ones(tmp_path: Path) -> None:
    file = settings_file(tmp_path, '[[sources.metrics]]\nkind = "abacus"\nurl = "http://127.0.0.1:1"\n')
    with pytest.raises(ConfigError, match="no kind 'abacus'"):
        open_place(Incident(folder=file), Settings())
