"""A copy of the knowledge base's Markdown files, fetched from its repository into a scratch folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from tools.ci.archive import checked_members, opened

MAX_FILE = 1024 * 1024


def unpack_postmortems(data: bytes, inside: str, scratch: Path) -> Path:
    """Write the Markdown files of a repository's archive, and return the folder.

    Args:
        data: the archive, whose one top folder is the repository's.
        inside: folder of the repository that is the knowledge base; empty for all of it.
        scratch: an empty folder.

    Raises:
        FormatError: a damaged archive, or a path that leaves it.
    """
    wanted = PurePosixPath(inside).parts
    with opened(data, "the knowledge base's archive is damaged") as archive:
        for member in checked_members(archive):
            parts = PurePosixPath(member.filename).parts[1:]
            ours = parts[: len(wanted)] == wanted and member.filename.endswith(".md")
            if not ours or member.file_size > MAX_FILE:
                continue
            target = scratch.joinpath(*parts[len(wanted) :])
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(member))
    return scratch
