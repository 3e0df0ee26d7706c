"""Scripted language models: one that reads honestly, and adversaries that an answer must survive."""

from evals.models.open import CONFIGURED, SCRIPTED, open_model, settings_for

__all__ = ["CONFIGURED", "SCRIPTED", "open_model", "settings_for"]
