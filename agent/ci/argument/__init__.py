"""The language model's part in explaining a failed run: what it is told, what it may answer, what that may move."""

from agent.ci.argument.argue import argue_run

__all__ = ["argue_run"]
