"""The model's argument: what it asks, what it answers, and by which rule that may move the ranking."""

from agent.argument.draft import Draft, hold_argument
from agent.argument.weigh import weigh_argument

__all__ = ["Draft", "hold_argument", "weigh_argument"]
