"""The committed recordings: small, readable, honest, and each with an answer apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from evals.testbed.recording.answer import Answer
from tools.config import StoreSettings
from tools.incident import open_folder
from tools.store.open import open_telemetry

RECORDINGS = Path(__file__).parents[4] / "evals" / "recordings"
NAMES = sorted(path.name for path in RECORDINGS.iterdir() if path.name != "answers")
MEGABYTE = 1 << 20


def _answer(name: str) -> Answer:
    return Answer.model_validate_json((RECORDINGS / "answers" / f"{name}.json").read_text(encoding="utf-8"))


def _rows(query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as con:
        return con.execute(query).fetchall()


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_opens_with_all_its_signals(name: str) -> None:
    folder = open_folder(RECORDINGS / name)
    assert set(folder.signals) == {"traces", "logs", "metrics"}
    assert folder.changes is not None
    for source in open_telemetry(folder, StoreSettings()).present():
        assert source.extent() is not None
        assert source.services()


@pytest.mark.parametrize("name", NAMES)
def test_the_windows_hold_what_happened(name: str) -> None:
    file = open_folder(RECORDINGS / name).file
    assert file.normal_window_unix is not None
    assert file.fault_window_unix is not None
    (normal_start, normal_end), (fault_start, fault_end) = file.normal_window_unix, file.fault_window_unix
    assert normal_start < normal_end <= fault_start < fault_end
    onset = _answer(name).inject_unix
    if onset is not None:
        assert normal_end - 5 <= onset < fault_end
        assert file.symptom_start_unix is not None
        assert onset - 1 <= file.symptom_start_unix


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_names_a_service_that_is_there(name: str) -> None:
    answer = _answer(name)
    assert answer.fault == name
    if answer.verdict == "healthy":
        assert answer.root_cause_service == ""
        return
    rows = _rows(f"SELECT DISTINCT service FROM '{RECORDINGS}/{name}/traces.parquet'")
    assert (answer.root_cause_service,) in rows
    assert answer.fault_type is not None
    assert answer.chain[0] == answer.root_cause_service


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_not_in_the_telemetry(name: str) -> None:
    words = ("hotfix", "injected", "testbed", name if name != "healthy" else "hotfix")
    for signal in ("traces", "logs", "metrics"):
        rows = f"SELECT lower(columns(*)::VARCHAR) FROM '{RECORDINGS}/{name}/{signal}.parquet'"
        for word in words:
            found = _rows(f"SELECT count(*) FROM ({rows}) t WHERE contains(t::VARCHAR, '{word}')")
            assert found == [(0,)], f"{signal} of {name} say {word!r}"
    written = (RECORDINGS / name / "incident.json").read_text(encoding="utf-8")
    assert "fault_type" not in written
    assert "inject" not in written


def test_all_recordings_together_stay_small() -> None:
    sizes = [path.stat().st_size for path in RECORDINGS.rglob("*") if path.is_file()]
    assert sum(sizes) < 8 * MEGABYTE
