"""Rows: one answer of one method to one case, and the same with its score."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import FormatError


class Answer(BaseModel):
    """What a method said about a case before anyone looked at the truth.

    `ranked` are components, best first, each once. `verdict` is empty for methods that always accuse.
    `error` says why there is no answer. `cpu_s` is CPU time of all threads of the investigation
    itself, `peak_mb` the peak resident memory of the process that did it.
    """

    model_config = ConfigDict(frozen=True)

    method: str
    set: str
    id: str
    system: str
    ranked: tuple[str, ...] = ()
    verdict: str = ""
    fault_kind: str = ""
    fault_family: str = ""
    confidence: float | None = None
    seconds: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    error: str = ""


class Row(Answer):
    """An answer beside the truth. `rank` is where the cause stands, None when it is not in the answer."""

    truth: str
    truth_kind: str = ""
    truth_family: str = ""
    rank: int | None = None


def write_rows(path: Path, rows: Iterable[Answer]) -> None:
    """Write rows as JSON lines."""
    path.write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    """Read scored rows from JSON lines.

    Raises:
        FormatError: the file is missing or has other content.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Row.model_validate_json(line) for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise FormatError(f"{path} does not hold rows of an evaluation", reason) from error
