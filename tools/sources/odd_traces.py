"""What is said of traces that are not as they should be, alike whichever source has read them."""

from __future__ import annotations


def clock_note(calls: int) -> str:
    """Return what is said of calls that begin before their caller, as the clocks of two hosts differ."""
    seem, it = ("call seems", "it is") if calls == 1 else ("calls seem", "they are")
    why = "because clocks differ"
    return f"{calls:,} {seem} to begin before the caller, {why}: {it} moved to the middle of the caller's span"


def flat_note(spans: int) -> str:
    """Return what is said of traces in which no span names a parent."""
    return f"none of {spans:,} spans names a parent: who calls whom is unknown, and self-time is the whole duration"
