"""The folder of postmortems: the truth. Written so that a crash leaves the old file or the new one."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.postmortem.problem import Problem
from knowledge.postmortem.read import read_postmortem
from knowledge.postmortem.render import render_postmortem
from knowledge.postmortem.schema import Postmortem
from tools.errors import KnowledgeError
from tools.redact import redact_model

PREFIX = "PM-"
CACHE = ".index"
"""Sub-folder for everything that can be rebuilt; it ignores itself in git."""
_WRITE_SECONDS = 10.0
"""How long to wait for another process that is writing a postmortem: it takes milliseconds."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A postmortem and where it lies."""

    postmortem: Postmortem
    path: Path


@dataclass(frozen=True, slots=True)
class Listing:
    """What a folder holds: postmortems by id, and files that were skipped with the reason."""

    stored: dict[str, Stored] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def postmortems(self) -> list[Postmortem]:
        """Return all postmortems in order of path."""
        return [item.postmortem for item in self.stored.values()]


class PostmortemFolder:
    """A folder of Markdown files, searched with its sub-folders. Hidden files and folders are not read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_all(self) -> Listing:
        """Read every file. Of two files with one id the first by path counts, the second is a problem.

        Raises:
            KnowledgeError: the folder does not exist.
        """
        if not self.path.is_dir():
            raise KnowledgeError(
                f"no knowledge folder at {self.path}", "make one with `whydown kb add`, or set knowledge.folder"
            )
        listing = Listing()
        for path in self.files():
            postmortem, problems = read_postmortem(path)
            listing.problems.extend(problems)
            if postmortem is None:
                continue
            if earlier := listing.stored.get(postmortem.id):
                listing.problems.append(Problem(path, 1, f"id {postmortem.id} is taken by {earlier.path}"))
                continue
            listing.stored[postmortem.id] = Stored(postmortem, path)
        return listing

    def files(self) -> list[Path]:
        """Return all Markdown files in order of path, README files apart."""
        found = []
        for root, folders, names in os.walk(self.path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [
                Path(root, name)
                for name in sorted(names)
                if name.endswith(".md") and not name.startswith(".") and name.casefold() != "readme.md"
            ]
        return found

    def get(self, postmortem_id: str) -> Stored:
        """Return one postmortem; upper and lower case do not matter.

        Raises:
            KnowledgeError: there is none with this id, or its file has errors.
        """
        listing = self.read_all()
        for known, stored in listing.stored.items():
            if known.casefold() == postmortem_id.casefold():
                return stored
        broken = [
            str(problem) for problem in listing.problems if postmortem_id.casefold() in problem.path.name.casefold()
        ]
        raise KnowledgeError(
            f"no postmortem {postmortem_id!r} in {self.path}", broken[0] if broken else "see `whydown kb stats`"
        )

    def write(self, postmortem: Postmortem, path: Path | None = None) -> Path:
        """Write a postmortem without secrets, replacing the file it came from.

        Args:
            postmortem: what to write.
            path: the file it came from; None makes a new file named after id and title.

        Raises:
            KnowledgeError: the folder cannot be written.
        """
        cleaned = _without_secrets(postmortem)
        target = path or self.path / f"{cleaned.id}-{_slug(cleaned.title)}.md"
        try:
            _write_durably(target, render_postmortem(cleaned))
        except OSError as error:
            raise KnowledgeError(f"cannot write {target}", error.strerror or str(error)) from error
        return target

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to read and then write: of two changes at once none may undo the other.

        One thread may hold it several times over, so that changes can be made of others.

        Raises:
            KnowledgeError: another process holds it for too long, or the folder cannot be written.
        """
        cache = make_cache(self.path)
        lock = FileLock(cache / "write.lock", timeout=_WRITE_SECONDS, is_singleton=True)
        try:
            with lock:
                yield
        except Timeout as error:
            raise KnowledgeError(f"another process is writing to {self.path}", "try again when it is done") from error

    def next_id(self, listing: Listing) -> str:
        """Return the lowest `PM-<n>` above all that any file of the folder uses, broken files included."""
        pattern = re.compile(rf"{PREFIX}(\d+)", re.IGNORECASE)
        names = [*listing.stored, *(path.name for path in self.files())]
        taken = [int(match[1]) for name in names if (match := pattern.match(name))]
        return f"{PREFIX}{max(taken, default=0) + 1}"


def _without_secrets(postmortem: Postmortem) -> Postmortem:
    """Return a postmortem fit for a shared folder; who vouches for it may have given an e-mail address as name."""
    cleaned = redact_model(postmortem)
    vouched = {"confirmed_by": postmortem.provenance.confirmed_by}
    return cleaned.model_copy(update={"id": postmortem.id, "provenance": cleaned.provenance.model_copy(update=vouched)})


def make_cache(folder: Path) -> Path:
    """Make the sub-folder for what can be rebuilt, with a .gitignore for itself.

    Raises:
        KnowledgeError: it cannot be made.
    """
    cache = folder / CACHE
    try:
        cache.mkdir(parents=True, exist_ok=True)
        ignore = cache / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot write {cache}", error.strerror or str(error)) from error
    return cache


def _write_durably(path: Path, text: str) -> None:
    """Write to a hidden file beside the target, force it to disk, rename, and force the folder to disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as out:
            out.write(text.encode("utf-8", "replace"))
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:60].rstrip("-") or "postmortem"
