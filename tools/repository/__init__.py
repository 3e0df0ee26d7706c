"""The source code behind a system: a git repository, read and never run or written."""

from tools.repository.repository import Commit, Excerpt, Repository, open_repository

__all__ = ["Commit", "Excerpt", "Repository", "open_repository"]
