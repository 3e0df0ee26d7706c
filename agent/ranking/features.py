"""Features: what the evidence says about each component, as a few comparable numbers.

Effects are unbounded and of different tests, so each enters as a logarithm, capped: beyond `CAP` a
finding is beyond doubt, and more of it is no more convincing. A large effect of which little is sure
counts in proportion to how sure it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from tools.evidence import Evidence

CAP = math.log1p(200.0)
"""About 5.3. An effect of 200 baseline scales."""
QUIET = 1.5
"""Effects below this are left out: with many looks they are found everywhere."""
SURE = 6.0
"""Standard errors from which a finding counts in full. Telemetry has heavier tails than the tests assume, so
five, as physicists ask for, are not yet beyond doubt."""


@dataclass(slots=True)
class Features:
    """Numbers about one component, all at least 0. Names follow the evidence they come from."""

    own_time: float = 0.0
    """Strongest rise of self-time of its operations, weighed by the part of all gained time spent there."""
    wire_in: float = 0.0
    """The same for time on the way to it, as far as that is not better explained by the caller."""
    wire_out: float = 0.0
    """The same for time on the way from it to those it calls."""
    behaviour: float = 0.0
    """Strongest change of what it does: calls made, lines logged, errors that begin in it."""
    traffic: float = 0.0
    """Strongest change, by metrics, of how often those it calls are called, beyond that of its own traffic."""
    resource: float = 0.0
    """Strongest rise of a CPU, memory, disk, pool, queue or restart metric."""
    symptom: float = 0.0
    """Strongest rise of a latency or error metric beyond what those it calls show."""
    change: float = 0.0
    """A recorded change of it."""
    downstream: float = 0.0
    """Strongest time or resource anomaly among those it calls, which may explain its own."""
    off_path: float = 0.0
    """1 when the call graph is known and no request passes it."""

    def vector(self) -> list[float]:
        """Return the values in the order of `NAMES`."""
        return [getattr(self, name) for name in NAMES]

    def raise_to(self, name: str, value: float) -> None:
        """Let a feature be at least a value."""
        setattr(self, name, max(getattr(self, name), value))


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Features))


def saturate(effect: float) -> float:
    """Return log(1 + |effect| - `QUIET`), at least 0 and at most `CAP`."""
    return min(math.log1p(max(abs(effect) - QUIET, 0.0)), CAP)


def size_of(item: Evidence) -> float:
    """Return how much a finding counts: its effect, saturated, in proportion to how sure it is up to `SURE`.

    What has no certainty, such as a person's observation, counts in full.
    """
    sure = min(abs(item.certainty) / SURE, 1.0) if item.certainty else 1.0
    return saturate(item.effect) * sure
