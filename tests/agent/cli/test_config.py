import json
from pathlib import Path

import pytest

from tests.agent.cli.command_line import Whydown
from tools.config import Settings


def test_settings_are_listed_with_the_value_in_force(
    folder: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHYDOWN_STORE__THREADS", "7")
    rows = {row["setting"]: row for row in json.loads(whydown("config", "--json").out)["rows"]}
    assert rows["store.threads"]["value"] == "7"
    assert rows["store.threads"]["environment"] == "WHYDOWN_STORE__THREADS"
    assert rows["runs"]["value"] == ".whydown/runs"
    assert all(row["meaning"] for row in rows.values())
    assert {name.partition(".")[0] for name in rows} == set(Settings.model_fields)


def test_secrets_are_not_shown(folder: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYDOWN_KNOWLEDGE__EMBEDDINGS_KEY", "sk-very-secret")
    for arguments in (["config"], ["config", "--json"]):
        assert "sk-very-secret" not in whydown(*arguments).out


def test_a_wrong_setting_is_one_line(folder: Path, whydown: Whydown) -> None:
    Path("whydown.toml").write_text("[store]\nthreads = 0\n")
    ended = whydown("config")
    assert ended.code == 2
    assert ended.err.startswith("whydown: setting 'store.threads' is wrong")
