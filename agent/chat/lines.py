"""Files to which lines of JSON are added one by one: a crash loses the last one at most."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tools.errors import RunError

Line = TypeVar("Line", bound=BaseModel)


def read_lines(path: Path, form: type[Line]) -> list[Line]:
    """Return what a file's lines hold; a line that a crash has cut is left out, and no file is no line."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            found.append(form.model_validate_json(line))
        except ValidationError:
            continue
    return found


def append_line(path: Path, line: str) -> None:
    """Add a line to a file.

    Raises:
        RunError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as out:
            out.write(line + "\n")
    except OSError as error:
        raise RunError(f"cannot write {path}", error.strerror or str(error)) from error
