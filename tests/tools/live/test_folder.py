from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.builders import SCOPE, Folder, Log, Span, window
from tools.errors import ConfigError
from tools.evidence import Subject
from tools.live.open import open_live
from tools.live.settings import SourcesSettings
from tools.sources import Fetched, LiveSource, Telemetry


def opened(**signals: Any) -> Telemetry:
    return open_live(SourcesSettings.model_validate(signals), window(0, 120), Path("live.toml"))


def test_a_folder_is_a_source_beside_others(tmp_path: Path) -> None:
    folder = (
        Folder(tmp_path)
        .spans(Span("t1", "a", at=70), Span("t1", "b", "a", service="back", at=70))
        .logs(Log("back", "hello 1", at=70, trace="t1", span="b"))
    )
    here = {"kind": "folder", "folder": str(folder.path)}
    telemetry = opened(traces=[here], logs=[here])
    assert telemetry.traces is not None
    assert telemetry.logs is not None
    assert telemetry.traces.services() == ["back", "front"]
    assert [line.operation for line in telemetry.logs.lines(SCOPE)] == ["GET /"]
    for source in telemetry.present():
        assert isinstance(source, LiveSource)
        assert source.fetched() == Fetched()
    telemetry.close()


def test_two_folders_are_read_as_one(tmp_path: Path) -> None:
    folders = [Folder(tmp_path / name).spans(Span("t", "a", service=name, at=70)) for name in ("one", "two")]
    telemetry = opened(traces=[{"kind": "folder", "folder": str(folder.path)} for folder in folders])
    assert telemetry.traces is not None
    assert telemetry.traces.services() == ["one", "two"]
    assert {row.service for row in telemetry.traces.operations(SCOPE)} == {"one", "two"}
    assert len(telemetry.traces.trace("t")) == 2
    assert telemetry.traces.degradations() == []
    assert "traces --table operations" in telemetry.traces.query(
        "operations", SCOPE, Subject(kind="service", service="one")
    )
    telemetry.close()


@pytest.mark.parametrize("signal", ["traces", "logs"])
def test_a_folder_without_the_signal_is_a_mistake(signal: str, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other").logs(Log("a", "b")) if signal == "traces" else None
    folder = other or Folder(tmp_path / "other").spans(Span("t", "a"))
    with pytest.raises(ConfigError, match=f"holds no {signal}"):
        opened(**{signal: [{"kind": "folder", "folder": str(folder.path)}]})
    with pytest.raises(ConfigError, match="cannot be used"):
        opened(**{signal: [{"kind": "folder", "folder": str(tmp_path / "nowhere")}]})
