"""What was said about an incident, kept beside its run, and what was typed, kept beside all runs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agent.chat.lines import append_line, read_lines
from tools.clock import now
from tools.redact import redact, redact_model

TYPED_KEPT = 500
"""Lines of input that are remembered."""


class Turn(BaseModel):
    """One utterance.

    `query` is the `whydown show` command whose table belongs below the text. Of a model, the text holds what evidence
    bears out and nothing else; what it asked, its own words, which nothing has verified, and the claims that do not
    hold are apart.
    """

    model_config = ConfigDict(frozen=True)

    who: Literal["person", "whydown", "notice", "model"]
    text: str
    query: str = ""
    model: str = ""
    asked: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    withheld: int = 0
    struck: tuple[str, ...] = ()
    at: AwareDatetime = Field(default_factory=now)

    @property
    def says_anything(self) -> bool:
        """Tell whether there is anything to read."""
        return bool(self.text or self.asked or self.unverified or self.withheld or self.struck)


class Transcript:
    """The turns of one run, in `chat.jsonl` of its folder. Nothing is written before there is a run."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.turns: list[Turn] = [] if path is None else read_lines(path, Turn)

    def add(self, turn: Turn) -> None:
        """Keep a turn.

        Raises:
            RunError: it cannot be written.
        """
        turn = redact_model(turn)
        self.turns.append(turn)
        if self._path is not None:
            append_line(self._path, turn.model_dump_json())

    def moved_to(self, path: Path) -> Transcript:
        """Return the transcript of a run, beginning with what was said before the run had a folder.

        Raises:
            RunError: it cannot be written.
        """
        there = Transcript(path)
        if self._path is None:
            for turn in self.turns:
                there.add(turn)
        return there


class Typed:
    """Lines that a person has typed, newest last, in one file for all runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.lines = path.read_text(encoding="utf-8").splitlines()[-TYPED_KEPT:]
        except (OSError, UnicodeDecodeError):
            self.lines = []

    def add(self, line: str) -> None:
        """Remember a line unless it repeats the one before.

        Raises:
            RunError: it cannot be written.
        """
        plain = redact(" ".join(line.split())).text
        if plain and self.lines[-1:] != [plain]:
            self.lines.append(plain)
            append_line(self._path, plain)
