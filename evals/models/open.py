"""Models by the name that a command line gives them."""

from __future__ import annotations

from collections.abc import Callable

from agent.model import ChatModel, model_from
from evals.models import adversaries
from evals.models.honest import Honest
from evals.models.script import ScriptedModel
from tools.config import Settings
from tools.errors import ConfigError

CONFIGURED = "configured"
"""The model that the settings name, a real one."""
SCRIPTED: dict[str, Callable[[], ScriptedModel]] = {
    "honest": Honest,
    "blames-first": adversaries.BlamesFirst,
    "invents": adversaries.Invents,
    "cites-ghosts": adversaries.CitesGhosts,
    "loops": adversaries.Loops,
    "breaks-json": adversaries.Breaks,
    "hangs": adversaries.Hangs,
    "blames-change": adversaries.BlamesChange,
}
HANGING_S = 1.0
"""Seconds that an evaluation waits for a model that never answers."""


def open_model(name: str, settings: Settings) -> ChatModel | None:
    """Return a model; None for an empty name.

    Raises:
        ConfigError: there is no such script, or no model is set up.
    """
    if not name:
        return None
    if name in SCRIPTED:
        return SCRIPTED[name]()
    if name != CONFIGURED:
        raise ConfigError(f"no model {name!r}", "known: " + ", ".join([*SCRIPTED, CONFIGURED]))
    model = model_from(settings.model)
    if model is None:
        raise ConfigError("no language model is set up", "set model.url and model.model, or name a scripted one")
    return model


def settings_for(name: str, settings: Settings) -> Settings:
    """Return the settings that a model is evaluated with: nobody waits minutes for one that never answers."""
    if name != "hangs":
        return settings
    return settings.model_copy(update={"model": settings.model.model_copy(update={"timeout": HANGING_S})})
