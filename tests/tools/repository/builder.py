"""Make small git repositories with commits at known times."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class SourceTree:
    """A git repository that grows by commits; `ids` are theirs, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ids: list[str] = []
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def commit(self, unix: int, subject: str, files: Mapping[str, str]) -> str:
        """Write files, commit everything at a time in Unix seconds, and return the commit's id."""
        for path, text in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject, when=unix)
        self.ids.append(self.git("rev-parse", "HEAD").strip())
        return self.ids[-1]

    def git(self, *arguments: str, when: int = 0) -> str:
        """Run git in the repository and return what it prints."""
        person = {"NAME": "A. Author", "EMAIL": "author@example.org", "DATE": f"@{when} +0000"}
        env = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in person.items()}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.defpath}
        command = ["git", *arguments]
        ended = subprocess.run(
            command, cwd=self.folder, env={**env, **quiet}, check=True, capture_output=True, text=True
        )
        return ended.stdout
