"""Count tokens and cut texts to a number of them, without a network.

The count is that of OpenAI's o200k vocabulary. Other models count otherwise, mostly within a fifth; what an endpoint
itself reports is what budgets are charged with.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from agent.model.messages import Message, ToolSpec
from agent.runs.folder import write_atomically
from tools.config import token_cache
from tools.errors import ModelOverflowError

if TYPE_CHECKING:
    from tiktoken import Encoding

_NAME = "o200k_base"
_ADDRESS = f"https://openaipublic.blob.core.windows.net/encodings/{_NAME}.tiktoken"
"""Where tiktoken would load its vocabulary from; the hash of it names the file in its cache."""
_BYTES_PER_TOKEN = 3
"""Taken where the vocabulary is missing: on the safe side for English, JSON and log lines."""
_PER_MESSAGE = 4
"""Tokens that frame a turn."""
_SHORTEST = 120
"""Tokens that are left of a turn at least; less would not tell what it was."""


def count_tokens(text: str) -> int:
    """Return how many tokens a text has; words that look like control tokens count as text."""
    encoding = _encoding()
    if encoding is None:
        return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)
    return len(encoding.encode_ordinary(text))


def count_prompt(messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> int:
    """Return about how many tokens a conversation and its tools take."""
    told = sum(count_tokens(f"{t.name} {t.description} {json.dumps(t.parameters)}") + _PER_MESSAGE for t in tools)
    return told + sum(_size(message) for message in messages)


def cut(text: str, tokens: int) -> str:
    """Return a text of about so many tokens: two thirds from its beginning, one from its end, and what is missing."""
    size = count_tokens(text)
    if size <= tokens:
        return text
    share = len(text) * tokens // size
    head, tail = text[: share * 2 // 3], text[len(text) - share // 3 :]
    return f"{head}\n[… {size - tokens} tokens left out …]\n{tail}"


def fit(messages: Sequence[Message], tools: Sequence[ToolSpec], limit: int) -> list[Message]:
    """Return a conversation of at most so many tokens: the longest turns are cut, instructions never.

    Raises:
        ModelOverflowError: it is too long even when every turn is cut.
    """
    fitted = list(messages)
    while (over := count_prompt(fitted, tools) - limit) > 0:
        sizes = {at: count_tokens(turn.content) for at, turn in enumerate(fitted) if turn.role != "system"}
        longest = max(sizes, key=lambda at: sizes[at], default=None)
        if longest is None or sizes[longest] <= _SHORTEST + 2 * _PER_MESSAGE:
            raise ModelOverflowError(f"the prompt is {over} tokens too long", "raise model.prompt_tokens")
        shorter = cut(fitted[longest].content, max(_SHORTEST, sizes[longest] - over - 4 * _PER_MESSAGE))
        fitted[longest] = fitted[longest].model_copy(update={"content": shorter})
    return fitted


def _size(message: Message) -> int:
    calls = "".join(call.name + call.arguments for call in message.tool_calls)
    return count_tokens(message.content + calls) + _PER_MESSAGE


@cache
def _encoding() -> Encoding | None:
    """Return tiktoken's encoding; None where its vocabulary is not at hand, since it would go and fetch it."""
    if not vocabulary_is_there():
        return None
    import tiktoken

    return tiktoken.get_encoding(_NAME)


def vocabulary_is_there() -> bool:
    """Put the vocabulary of the package bpe-openai where tiktoken looks for it; tell whether it is there."""
    target = token_cache() / hashlib.sha1(_ADDRESS.encode(), usedforsecurity=False).hexdigest()
    if target.exists():
        return True
    spec = find_spec("bpe_openai")  # found, not imported: its extension module is large
    packed = [
        Path(place) / "data" / f"{_NAME}.tiktoken.gz" for place in (spec and spec.submodule_search_locations) or ()
    ]
    if not packed or not packed[0].exists():
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(target, gzip.decompress(packed[0].read_bytes()).decode("ascii"))
    except OSError:
        return False
    return True
