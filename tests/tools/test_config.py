"""Configuration: flags over environment over file over defaults, and one line for what is wrong."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tools.config import Settings, as_flags, load_settings, recorded_settings
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
        ("nonsense = 1", "there is no setting 'nonsense': `whydown config` lists all"),
        ("[store]\nnonsense = 1", "there is no setting 'store.nonsense': "),
        ("[ranking]\nmin_confidnce = 1", "'ranking.min_confidnce': did you mean 'ranking.min_confidence'?"),
        ('rnus = "x"', "there is no setting 'rnus': did you mean 'runs'?"),
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


def test_settings_of_the_command_line_win_and_leave_their_section_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WHYDOWN_MODEL__MODEL", "from-environment")
    monkeypatch.setenv("WHYDOWN_MODEL__SEED", "7")
    flags = as_flags(["model.model=from-flag", "model.url=http://h:1/v1?a=b", "runs=elsewhere", "store.threads=3"])
    settings = load_settings(None, **flags)
    assert (settings.model.model, settings.model.seed, settings.model.url) == ("from-flag", 7, "http://h:1/v1?a=b")
    assert (settings.runs, settings.store.threads) == (Path("elsewhere"), 3)


@pytest.mark.parametrize("pair", ["model.model", "=x", "model.=x", ".model=x", ""])
def test_a_setting_of_another_form_is_refused(pair: str) -> None:
    with pytest.raises(ConfigError, match="write SETTING=VALUE"):
        as_flags([pair])


def test_a_setting_inside_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="inside another value"):
        as_flags(["runs=x", "runs.y=z"])


def test_recorded_settings_know_neither_file_nor_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_settings().model_dump(mode="json")
    monkeypatch.setenv("WHYDOWN_STORE__THREADS", "9")
    Path("whydown.toml").write_text('[owners]\n"a" = "b"\n')
    assert recorded_settings(before).model_dump(mode="json") == before
    with pytest.raises(ConfigError, match="'gone' is none any more"):
        recorded_settings({**before, "gone": 1})


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


def test_settings_of_a_named_file_can_be_given_to_another_process(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text('[model]\nmodel = "m"\nkey = "k-1"\n')
    read = load_settings(file)
    given: Settings = pickle.loads(pickle.dumps(read))
    assert (given.model.model, given.model.key.get_secret_value()) == ("m", "k-1")
    assert type(read) is Settings
    assert read.model_fields_set == {"model"}
