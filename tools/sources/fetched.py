"""What reading a source cost, so that a reader sees that aggregates were fetched and not the data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """Requests sent (without repetitions), those answered, bytes received as transferred, and rows in them."""

    requests: int = 0
    answers: int = 0
    bytes: int = 0
    rows: int = 0

    def __add__(self, other: Fetched) -> Fetched:
        return Fetched(
            self.requests + other.requests,
            self.answers + other.answers,
            self.bytes + other.bytes,
            self.rows + other.rows,
        )
