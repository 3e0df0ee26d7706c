"""What the language model may cost in one conversation, its investigations included, and what it has cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from agent.argument.conversation import CHARACTERS_A_TOKEN
from agent.journal.entries import Exchange
from agent.journal.file import NAME, lines_of
from agent.model import Budget, Limits, Usage
from agent.runs import RunFolder
from agent.runs.folder import write_atomically
from tools.config import ModelSettings, Settings
from tools.errors import InputError, RunError

RAISED = "limits.json"
"""File of a run that holds the limits that a person has set."""
NAMES = ("tokens", "calls", "seconds", "money")
_LIMITS = TypeAdapter(dict[str, float])


@dataclass(frozen=True, slots=True)
class Spent:
    """What model calls have cost."""

    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    seconds: float = 0.0

    def plus(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(self.usage.plus(other.usage), self.calls + other.calls, self.seconds + other.seconds)


class Purse:
    """One budget for a conversation. What runs have spent is read from their journals, so leaving resets nothing."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._limits = Limits.of(settings)
        self._spent: dict[Path, Spent] = {}
        self._run: Path | None = None
        self.budget = self._filled()

    def open(self, run: RunFolder) -> None:
        """Go on with a run: what it has spent counts, and the limits set for it hold.

        Raises:
            RunError: its journal cannot be read.
        """
        if self._run != run.path:
            self._run = run.path
            self._raise(_raised(run.path))
        self.settle()

    def settle(self) -> None:
        """Count what the run's journal says by now.

        Raises:
            RunError: the journal cannot be read.
        """
        if self._run is not None:
            self._spent[self._run] = spent_in(self._run / NAME)
        self.budget = self._filled()

    def set_limit(self, name: str, number: str) -> None:
        """Set one limit, for a run also the next time that it is opened.

        Raises:
            InputError: there is no such limit, or that is no amount.
            RunError: it cannot be written.
        """
        if name not in NAMES:
            raise InputError(f"no limit {name!r}", "/budget " + "|".join(NAMES) + " NUMBER")
        try:
            amount = float(number.replace(",", "").replace("_", ""))
        except ValueError:
            amount = -1.0
        if not 0 <= amount < 1e12:
            raise InputError(f"{number!r} is no limit", f"/budget {name} NUMBER")
        self._raise({name: amount})
        self.budget = self._filled()
        if self._run is not None:
            _write(self._run, {**_raised(self._run), name: amount})

    def within(self, settings: Settings) -> Settings:
        """Return settings of which an investigation may spend what is left."""
        left = self.budget.remaining()
        limits = {f"budget_{name}": getattr(left, name) for name in NAMES}
        return settings.model_copy(update={"model": settings.model.model_copy(update=limits)})

    def _raise(self, limits: Mapping[str, float]) -> None:
        now = self._limits
        self._limits = Limits(
            tokens=int(limits.get("tokens", now.tokens)),
            calls=int(limits.get("calls", now.calls)),
            seconds=limits.get("seconds", now.seconds),
            money=limits.get("money", now.money),
        )

    def _filled(self) -> Budget:
        budget = Budget(self._limits, self._settings.prompt_price, self._settings.completion_price)
        for spent in self._spent.values():
            budget.charge(spent.usage, spent.seconds, spent.calls)
        return budget


def spent_in(journal: Path) -> Spent:
    """Return what a journal says that its model calls have cost; what a failed one has cost is estimated.

    Raises:
        RunError: it cannot be read.
    """
    last = {(entry.visit, entry.number): entry for entry in lines_of(journal, Exchange)}
    total = Spent()
    for entry in last.values():
        total = total.plus(Spent(_usage(entry), 1, entry.seconds))
    return total


def _usage(entry: Exchange) -> Usage:
    answer, failure = entry.answer, entry.failure
    if answer is not None and answer.usage.total:
        return answer.usage
    if failure is not None and failure.prompt_tokens:
        return Usage(prompt_tokens=failure.prompt_tokens, completion_tokens=failure.completion_tokens)
    told, heard = sum(len(message.content) for message in entry.messages), len(answer.text) if answer else 0
    return Usage(prompt_tokens=int(told / CHARACTERS_A_TOKEN), completion_tokens=int(heard / CHARACTERS_A_TOKEN))


def _raised(run: Path) -> dict[str, float]:
    try:
        return _LIMITS.validate_json((run / RAISED).read_bytes())
    except (OSError, ValidationError):
        return {}


def _write(run: Path, limits: dict[str, float]) -> None:
    try:
        write_atomically(run / RAISED, _LIMITS.dump_json(limits).decode())
    except OSError as error:
        raise RunError(f"cannot write {run / RAISED}", error.strerror or str(error)) from error
