"""What a model can do is remembered by address and name, across processes, and never at the cost of a run."""

from __future__ import annotations

from pathlib import Path

from agent.model.endpoint.abilities import Abilities, Memory


def test_models_share_a_file_and_keep_apart(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "abilities.json"
    first, second = Memory(file, "http://a/v1", "m"), Memory(file, "http://a/v1", "n")
    first.learn(tools=True)
    second.learn(json_schema=False, without=("seed",))
    assert Memory(file, "http://a/v1", "m").known == Abilities(tools=True)
    assert Memory(file, "http://a/v1", "n").known == Abilities(json_schema=False, without=("seed",))
    assert Memory(file, "http://b/v1", "m").known == Abilities()


def test_what_is_forgotten_is_unknown_again_for_everyone(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "a.json", "u", "m")
    memory.learn(tools=False, json_schema=True, without=("seed",))
    memory.forget()
    assert memory.known == Memory(tmp_path / "a.json", "u", "m").known == Abilities()


def test_a_foreign_file_is_not_believed(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"u m": {"tools": "perhaps"}}', "\x00"):
        (tmp_path / "a.json").write_text(text)
        assert Memory(tmp_path / "a.json", "u", "m").known == Abilities()
    Memory(tmp_path / "a.json", "u", "m").learn(tools=True)
    assert Memory(tmp_path / "a.json", "u", "m").known.tools is True
