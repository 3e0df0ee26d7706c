"""Run folders: what one investigation leaves behind, so that it can be resumed and read again."""

from agent.runs.folder import RunFolder, create_run, find_run, list_runs

__all__ = ["RunFolder", "create_run", "find_run", "list_runs"]
