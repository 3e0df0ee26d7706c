"""Steps that spoil the network or fill it with customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evals.testbed.system.mesh import FAIR, Weather
from evals.testbed.system.testbed import DemoSystem


@dataclass(frozen=True, slots=True)
class Network:
    """Spoil the path between two services."""

    caller: str
    callee: str
    weather: Callable[[float], Weather]

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Let it rain."""
        testbed.set_weather(self.caller, self.callee, self.weather(severity))

    def undo(self, testbed: DemoSystem) -> None:
        """Let it clear up."""
        testbed.set_weather(self.caller, self.callee, FAIR)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Multiply the customers' requests; `severity` is the factor."""

    def apply(self, testbed: DemoSystem, severity: float) -> None:
        """Let more customers in."""
        testbed.set_mix(testbed.mix().model_copy(update={"crowd": severity}))

    def undo(self, testbed: DemoSystem) -> None:
        """Go back to the usual rate."""
        testbed.set_mix(testbed.mix().model_copy(update={"crowd": 1.0}))
