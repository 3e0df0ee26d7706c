"""Hard limits on what language models may cost in one investigation."""

from __future__ import annotations

from dataclasses import dataclass

from agent.model.messages import Usage
from tools.config import ModelSettings


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent: tokens read and written together, calls, seconds, and money in the currency of the prices."""

    tokens: int
    calls: int
    seconds: float
    money: float

    @classmethod
    def of(cls, settings: ModelSettings) -> Limits:
        """Return the configured limits."""
        return cls(settings.budget_tokens, settings.budget_calls, settings.budget_seconds, settings.budget_money)


class Budget:
    """What is spent and what is left of it.

    Only what is charged counts, no clock runs beside it: an investigation that is replayed from its journal
    charges the recorded seconds, and so ends where the recorded one ended.
    """

    def __init__(self, limits: Limits, prompt_price: float = 0.0, completion_price: float = 0.0) -> None:
        """Begin with nothing spent; prices are per million tokens."""
        self.limits = limits
        self.usage = Usage()
        self.calls = 0
        self.seconds = 0.0
        self._prices = (prompt_price, completion_price)

    @property
    def money(self) -> float:
        """Return the cost so far, in the currency of the prices."""
        return self.price(self.usage)

    def price(self, usage: Usage) -> float:
        """Return the cost of some tokens, in the currency of the prices. Cached tokens cost as much as others."""
        prompt, completion = self._prices
        return (usage.prompt_tokens * prompt + usage.completion_tokens * completion) / 1e6

    def charge(self, usage: Usage, seconds: float, calls: int = 1) -> None:
        """Add what was spent; `calls` is 0 for time that no model took."""
        self.usage = self.usage.plus(usage)
        self.calls += calls
        self.seconds += seconds

    def remaining(self) -> Limits:
        """Return what is left, nothing below zero."""
        return Limits(
            tokens=max(0, self.limits.tokens - self.usage.total),
            calls=max(0, self.limits.calls - self.calls),
            seconds=max(0.0, self.limits.seconds - self.seconds),
            money=max(0.0, self.limits.money - self.money),
        )

    def exhausted(self) -> str | None:
        """Return which limit is used up, in words, None while something is left of each."""
        left = self.remaining()
        reasons = {
            f"the limit of {self.limits.calls} calls is used up": left.calls <= 0,
            f"the limit of {self.limits.tokens:,} tokens is used up": left.tokens <= 0,
            f"the limit of {self.limits.seconds:g} seconds is used up": left.seconds <= 0,
            f"the limit of {self.limits.money:g} in money is used up": left.money <= 0 and any(self._prices),
        }
        return next((reason for reason, true in reasons.items() if true), None)
