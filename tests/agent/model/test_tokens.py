"""Tokens are counted without a network, and texts are cut to a number of them."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.model import Message, ToolSpec, tokens
from agent.model.tokens import count_prompt, count_tokens, cut, fit
from tools.errors import ModelOverflowError


@pytest.fixture
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an empty cache and without a network."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "cache"))
    tokens._encoding.cache_clear()

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("_fresh")
def test_the_vocabulary_comes_with_the_installation(tmp_path: Path) -> None:
    assert count_tokens("payment failed") == 2
    assert count_tokens("<|endoftext|>") > 1
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.usefixtures("_fresh")
def test_without_the_vocabulary_the_count_is_on_the_safe_side(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(tokens, "find_spec", lambda name: None)
        estimated = count_tokens("payment failed with status 500 after 30 retries")
    tokens._encoding.cache_clear()
    assert estimated >= count_tokens("payment failed with status 500 after 30 retries") > 5


def test_a_users_own_cache_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.config import token_cache

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert token_cache() == tmp_path


@given(st.text(max_size=400), st.integers(5, 60))
def test_cut_texts_are_short_or_untouched(text: str, limit: int) -> None:
    shorter = cut(text, limit)
    assert shorter == text if count_tokens(text) <= limit else "tokens left out" in shorter
    assert len(shorter) <= len(text) + 40


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=5), st.integers(1_200, 3_000))
def test_conversations_fit(sizes: list[int], limit: int) -> None:
    turns = [Message(role="system", content="rules"), *(Message(role="user", content="lock " * n) for n in sizes)]
    fitted = fit(turns, (), limit)
    assert count_prompt(fitted) <= limit
    assert fitted[0] == turns[0]
    assert [turn.role for turn in fitted] == [turn.role for turn in turns]


def test_tools_take_room_too() -> None:
    tool = ToolSpec(name="t", description="lock " * 900, parameters={})
    turn = Message(role="user", content="lock " * 300)
    assert count_prompt([turn], [tool]) > 1_200
    with pytest.raises(ModelOverflowError, match="tokens too long"):
        fit([turn], [tool], 1_000)
