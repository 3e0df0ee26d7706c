"""What became of the records: kept, left out on purpose, unusable."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Signal = Literal["traces", "logs", "metrics"]


class BadRecordError(ValueError):
    """One record cannot be used; its neighbours can. Never leaves the decoder."""


class BadPayloadError(ValueError):
    """A payload is not OTLP at all. The front doors turn it into an answer for their user."""


@dataclass(slots=True)
class Tally:
    """Counts over any number of payloads.

    `kept` counts stored records by signal, `unusable` counts refused ones by signal, `reasons` why.
    `noise` counts spans that instrumentation adds for every chunk of an HTTP body; they are left out.
    """

    kept: Counter[str] = field(default_factory=Counter)
    unusable: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    noise: int = 0

    def refuse(self, signal: str, reason: str) -> None:
        """Count one unusable record."""
        self.unusable[signal] += 1
        self.reasons[reason] += 1

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.kept += other.kept
        self.unusable += other.unusable
        self.reasons += other.reasons
        self.noise += other.noise

    @property
    def main_reason(self) -> str:
        """Return the most frequent reason, empty when there was none."""
        return self.reasons.most_common(1)[0][0] if self.reasons else ""
