"""An answer while its JSON arrives: which claims are complete, and the words so far."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

from agent.claims import Claim, Reply


class Arriving:
    """Reads the pieces of a streamed `Reply`. A claim counts once something follows it."""

    def __init__(self) -> None:
        self._text = ""
        self.reply = Reply()

    def add(self, piece: str) -> bool:
        """Add a piece; tell whether more of the answer is known than before."""
        self._text += piece
        before, self.reply = self.reply, self._read()
        return self.reply != before

    def _read(self) -> Reply:
        begin = self._text.find("{")
        try:
            value = from_json(self._text[max(begin, 0) :], allow_partial="trailing-strings")
        except ValueError:  # words around the JSON: what was read of it stays
            return self.reply
        if not isinstance(value, dict):
            return self.reply
        words = value.get("explanation")
        listed = value.get("claims")
        claims = listed if isinstance(listed, list) else []
        if not isinstance(words, str):
            claims = claims[:-1]
        return Reply(
            claims=tuple(claim for item in claims if (claim := _claim(item)) is not None),
            explanation=words if isinstance(words, str) else "",
        )


def _claim(value: Any) -> Claim | None:
    try:
        return Claim.model_validate(value)
    except ValidationError:
        return None
