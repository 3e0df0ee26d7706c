"""Chance: all components in an order drawn for the case."""

from __future__ import annotations

import hashlib

import numpy as np

from agent.schema import Incident
from evals.rca.methods.base import Findings, components, open_incident
from tools.config import Settings


def rank_at_random(incident: Incident, settings: Settings) -> Findings:
    """Shuffle the components; the seed is the windows, so a run can be repeated."""
    telemetry, scope = open_incident(incident, settings)
    digest = hashlib.sha256(scope.model_dump_json().encode()).digest()
    order = np.random.default_rng(int.from_bytes(digest[:8])).permutation(components(telemetry))
    return Findings(tuple(order.tolist()))
