"""The shared database: threads, failures, and nothing left behind."""

from __future__ import annotations

import gc
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.builders import SCOPE, Folder, Log, shop, window
from tools.config import StoreSettings
from tools.errors import ConfigError, SourceError
from tools.store.engine import Engine
from tools.window import Scope


def test_a_refused_query_is_one_line_without_the_query() -> None:
    with pytest.raises(SourceError) as caught:
        Engine().rows("SELECT secret_column FROM nowhere")
    assert "\n" not in str(caught.value)
    assert "secret_column" not in str(caught.value)


def test_running_out_of_memory_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine = Engine("20MB", 1)
    engine.rows("SET max_temp_directory_size = '1MB'")
    with pytest.raises(SourceError, match=r"ran out of memory.*shorter windows.*store\.memory_limit"):
        engine.rows("SELECT list(range) FROM range(100_000_000)")


def test_a_limit_that_duckdb_refuses_is_a_setting_that_is_wrong() -> None:
    with pytest.raises(ConfigError, match="memory_limit 'lots'"):
        Engine("lots")


def test_the_spill_folder_goes_with_its_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine = Engine()
    (spill,) = tmp_path.iterdir()
    assert spill.stat().st_mode & 0o077 == 0, "telemetry is nobody else's business"
    del engine
    gc.collect()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_vanishes_is_one_line(tmp_path: Path) -> None:
    source = Folder(tmp_path).logs(Log("a", "x", 61)).log_source()
    (tmp_path / "logs.parquet").unlink()
    with pytest.raises(SourceError) as caught:
        source.lines(SCOPE)
    assert "\n" not in str(caught.value)


def test_threads_with_different_scopes_get_their_own_answers(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(*shop(0, 60), *shop(60, 60, slow={"bank": 50}), *shop(120, 60, wire={"cart": 30}))
    traces = folder.logs(*(Log("a", f"line {i}", at=i) for i in range(180))).traces()
    logs = folder.log_source()
    scopes = [SCOPE, Scope.of(window(120, 180), [window(0, 60)]), Scope.of(window(120, 180), [window(60, 120)])]
    alone = [(traces.operations(s), traces.edges(s), traces.entries(s), logs.lines(s)) for s in scopes]

    def ask(index: int) -> bool:
        scope, expected = scopes[index % 3], alone[index % 3]
        found = (traces.operations(scope), traces.edges(scope), traces.entries(scope), logs.lines(scope))
        return repr(found) == repr(expected)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(12)))


def test_answers_that_are_changed_do_not_change_the_source(tmp_path: Path) -> None:
    traces = Folder(tmp_path).spans(*shop(60, 5)).traces()
    traces.operations(SCOPE).clear()
    assert traces.operations(SCOPE)


def test_little_memory_spills_and_gives_the_same(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(*shop(0, 60), *shop(60, 60))
    plenty, little = folder.traces(), folder.traces(StoreSettings(memory_limit="60MB", threads=1))
    assert repr(little.operations(SCOPE)) == repr(plenty.operations(SCOPE))
