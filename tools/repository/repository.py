"""What may be read of a repository: commits of a time, one file at a revision, the change of a commit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.errors import InputError
from tools.repository.git import run_git
from tools.window import NS, TimeWindow

FILE_BYTES = 400_000
"""Larger files are not source that anyone reads."""
DIFF_BYTES = 400_000
LISTED = 50
"""Commits or files named at most."""
_REVISION = re.compile(r"[A-Za-z0-9][\w./@~^+-]{0,99}")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; time as Unix nanoseconds, UTC, when it was committed, which is not when it was deployed."""

    id: str
    time_ns: int
    author: str
    subject: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of one file at one revision, numbered from `first`; `total` is the file's number of lines."""

    commit: str
    path: str
    first: int
    lines: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository. Everything is read from its objects, never from the working tree."""

    folder: Path

    def resolve(self, revision: str) -> str:
        """Return the full id of the commit that a revision (id, tag, branch) names.

        Raises:
            InputError: there is none.
        """
        if not _REVISION.fullmatch(revision):
            raise InputError(f"{revision[:60]!r} is not a revision", "give a commit id, tag or branch")
        try:
            found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
        except InputError:
            found = ""
        if not _COMMIT.fullmatch(found):
            raise InputError(f"no revision {revision!r} in the repository", "give a commit id, tag or branch")
        return found

    def commits(self, window: TimeWindow) -> list[Commit]:
        """Return commits of the checked-out branch made inside a window, newest first, at most `LISTED`.

        Raises:
            InputError: git refuses.
        """
        text = self._git(
            "rev-list",
            f"--since={window.start_ns // NS}",
            f"--until={-(-window.end_ns // NS)}",
            f"--max-count={LISTED}",
            "--format=%x01%H%x02%ct%x02%an%x02%s",
            "HEAD",
            "--",
        )
        found = []
        for line in text.splitlines():
            parts = line.removeprefix("\x01").split("\x02", 3)
            if line.startswith("\x01") and len(parts) == 4:
                found.append(Commit(parts[0], int(parts[1]) * NS, parts[2], parts[3]))
        return [commit for commit in found if window.contains(commit.time_ns)]

    def commit(self, revision: str) -> Commit:
        """Return one commit.

        Raises:
            InputError: there is none.
        """
        text = self._git("rev-list", "--max-count=1", "--format=%ct%x02%an%x02%s", self.resolve(revision), "--")
        name, _, rest = text.partition("\n")
        when, author, subject = rest.rstrip("\n").split("\x02", 2)
        return Commit(name.removeprefix("commit "), int(when) * NS, author, subject)

    def diff(self, revision: str) -> str:
        """Return the change that a commit made against its first parent, as a unified diff; cut at `DIFF_BYTES`.

        Raises:
            InputError: there is no such commit.
        """
        return run_git(
            self.folder,
            *("diff-tree", "--patch", "--root", "--first-parent", "-m", "--no-commit-id", "--find-renames"),
            *("--no-ext-diff", "--no-textconv", "--no-color", "--unified=3"),
            self.resolve(revision),
            limit=DIFF_BYTES,
        )

    def changed_files(self, revision: str) -> list[str]:
        """Return the paths that a commit changed against its first parent.

        Raises:
            InputError: there is no such commit.
        """
        text = self._git(
            *("diff-tree", "-r", "-z", "--name-only", "--root", "--first-parent", "-m", "--no-commit-id"),
            *("--no-ext-diff", "--no-textconv", "--no-renames"),
            self.resolve(revision),
        )
        return [path for path in text.split("\0") if path]

    def files(self, revision: str) -> list[str]:
        """Return the paths of all files at a revision.

        Raises:
            InputError: there is no such revision.
        """
        text = self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.resolve(revision))
        return [path for path in text.split("\0") if path]

    def read(self, revision: str, path: str, first: int, count: int) -> Excerpt:
        """Return some lines of a file at a revision.

        Args:
            revision: commit id, tag or branch.
            path: relative to the top of the repository.
            first: number of the first line, from 1.
            count: lines at most.

        Raises:
            InputError: no such revision or file, or it is no text, or larger than `FILE_BYTES`.
        """
        commit = self.resolve(revision)
        check_path(path)
        name = f"{commit}:{path}"
        try:
            size = int(self._git("cat-file", "-s", name))
            text = run_git(self.folder, "cat-file", "blob", name, limit=FILE_BYTES) if size <= FILE_BYTES else ""
        except InputError as error:
            raise InputError(f"no file {path!r} at {revision}", "list files with the diff of a change") from error
        if size > FILE_BYTES:
            raise InputError(f"{path} has {size:,} bytes", f"files up to {FILE_BYTES:,} bytes are read")
        if "\0" in text[:8000]:
            raise InputError(f"{path} is not text", "")
        lines = text.splitlines()
        return Excerpt(commit, path, first, tuple(lines[first - 1 : first - 1 + count]), len(lines))

    def _git(self, *arguments: str) -> str:
        return run_git(self.folder, *arguments, limit=4_000_000)


def open_repository(folder: Path) -> Repository:
    """Return the repository at a folder.

    Raises:
        InputError: the folder is not inside a git repository, or git refuses to read it.
        PrerequisiteError: git is not installed.
    """
    try:
        run_git(folder, "rev-parse", "--git-dir", limit=4096)
    except InputError as error:
        raise InputError(f"{folder} is not a readable git repository", error.remedy) from error
    return Repository(folder)


def check_path(path: str) -> None:
    """Refuse a path that is not a plain one inside the repository.

    Raises:
        InputError: it is absolute, climbs, or holds what no source path holds.
    """
    parts = path.split("/")
    if not path or len(path) > 400 or path.startswith("/") or {"", ".", ".."} & set(parts) or "\0" in path:
        raise InputError(f"{path[:80]!r} is not a path inside the repository", "give one like services/name/file.py")
