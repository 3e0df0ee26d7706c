"""Configuration: flags over environment over file over defaults, and one line for what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.config import Settings, load_settings
from tools.errors import ConfigError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults_need_no_file() -> None:
    settings = load_settings()
    assert settings == Settings()
    assert settings.store.memory_limit == "1GB"


def test_file_in_the_working_folder_is_read() -> None:
    Path("whydown.toml").write_text('[store]\nthreads = 7\n[owners]\n"pay*" = "team-pay"\n')
    settings = load_settings()
    assert settings.store.threads == 7
    assert settings.owners == {"pay*": "team-pay"}


def test_each_layer_wins_over_the_one_below(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('runs = "from-file"\n[store]\nthreads = 5\nbaseline_spans = 2000\n')
    monkeypatch.setenv("WHYDOWN_STORE__THREADS", "6")
    monkeypatch.setenv("WHYDOWN_RUNS", "from-environment")
    settings = load_settings(file, runs=Path("from-flag"))
    assert settings.runs == Path("from-flag")
    assert (settings.store.threads, settings.store.baseline_spans) == (6, 2000)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a = [", "not valid TOML"),
        ("nonsense = 1", "'nonsense' is wrong"),
        ("[store]\nnonsense = 1", "'store.nonsense' is wrong"),
        ("[store]\nthreads = 0", "'store.threads' is wrong"),
        ('[store]\nmemory_limit = "lots"', "'store.memory_limit' is wrong"),
        ("[survey]\nfalse_discovery_rate = 1.5", "'survey.false_discovery_rate' is wrong"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "w.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_binary_file_is_not_toml(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    file.write_bytes(b"\xff\x00")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_settings(file)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        load_settings(tmp_path / "nowhere.toml")


def test_a_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYDOWN_RANKING__HYPOTHESES", "many")
    with pytest.raises(ConfigError, match=r"ranking\.hypotheses"):
        load_settings()


@pytest.mark.parametrize("limit", ["800MB", "2GB", "1.5GiB", "50%", "512 MB"])
def test_memory_limits_that_duckdb_understands(limit: str) -> None:
    assert load_settings(store={"memory_limit": limit}).store.memory_limit == limit
