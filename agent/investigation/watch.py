"""Looking over an investigation's shoulder: what it knows so far, and how to end it early."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from agent.schema import Hypothesis
from tools.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Interim:
    """What is known after a step. Ids and order of evidence are provisional until the survey has ended."""

    node: str
    evidence: tuple[Evidence, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    run_id: str = ""


class Watch:
    """Told of what an investigation knows, from its thread, and able to stop it from any other.

    A stopped investigation asks no further query, and reports what it has with a note of what is missing.

    Args:
        told: called after every step.
    """

    def __init__(self, told: Callable[[Interim], None] | None = None) -> None:
        self._told = told
        self._stop = threading.Event()

    @property
    def wanted(self) -> bool:
        """Tell whether anybody looks: interim rankings cost time."""
        return self._told is not None

    @property
    def stopped(self) -> bool:
        """Tell whether the investigation shall end with what it has."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the investigation as soon as it can answer."""
        self._stop.set()

    def tell(self, interim: Interim) -> None:
        """Pass on what is known."""
        if self._told is not None:
            self._told(interim)
