"""Give everything away in a form that any program reads."""

from __future__ import annotations

from pathlib import Path

from knowledge.postmortem import Listing
from tools.errors import KnowledgeError
from tools.redact import redact_model


def export_lines(listing: Listing, target: Path) -> int:
    """Write one JSON object a line without secrets, keys as in the front matter, sections as texts.

    Returns:
        How many were written.

    Raises:
        KnowledgeError: the file cannot be written.
    """
    lines = [redact_model(postmortem).model_dump_json() for postmortem in listing.postmortems()]
    try:
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"cannot write {target}", error.strerror or str(error)) from error
    return len(lines)
