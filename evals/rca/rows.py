"""Rows: one answer of one method to one case, and the same beside the truth."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.rca.case import Window
from tools.errors import FormatError

ACCUSES = ("", "root_cause")
"""Verdicts that name a cause; any other on a fault case is a miss whatever the list says."""


class Argued(BaseModel):
    """What a language model did in one case: claims kept and struck, causes counted, queries, and what it cost.

    `unborne` are kept claims that an audit, written apart from the check, finds not borne out.
    """

    model_config = ConfigDict(frozen=True)

    kept: int = 0
    struck: int = 0
    unborne: int = 0
    proposed: int = 0
    counted: int = 0
    queries: int = 0
    refused: int = 0
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    ended: str = ""


class Answer(BaseModel):
    """What a method said about a case before anyone looked at the truth.

    `ranked` are components, best first, each once, out of `candidates` that the telemetry knows.
    `verdict` is empty for methods that always accuse. `confidence`, `kind` and `family` are of the first
    hypothesis. `error` says why there is no answer. `cpu_s` is CPU time of all threads of the
    investigation itself, `peak_mb` the peak resident memory of the process that did it.
    `argued` is of a language model.
    """

    model_config = ConfigDict(frozen=True)

    method: str
    set: str
    id: str
    system: str
    window: Window = "fault"
    ranked: tuple[str, ...] = ()
    candidates: int | None = None
    verdict: str = ""
    kind: str = ""
    family: str = ""
    confidence: float | None = None
    seconds: float | None = None
    cpu_s: float | None = None
    peak_mb: float | None = None
    error: str = ""
    argued: Argued | None = None

    @property
    def first(self) -> str:
        """Return the first component; empty when there is none."""
        return self.ranked[0] if self.ranked else ""

    @property
    def accuses(self) -> bool:
        """Tell whether it names a cause at all."""
        return self.verdict in ACCUSES and not self.error


class Row(Answer):
    """An answer beside the truth; `truth` is empty for a healthy window.

    `listed` is where the cause stands among the hypotheses, None when it does not; `rank` is the same for
    an answer that accuses, and None for one that does not: what counts.
    """

    truth: str = ""
    truth_kind: str = ""
    truth_family: str = ""
    listed: int | None = None
    rank: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Return what identifies a row: method, set, case."""
        return self.method, self.set, self.id


def answer_file(out: Path, method: str, set_name: str, case: str) -> Path:
    """Return where the answer of a method to a case is kept."""
    return out / "answers" / method / set_name / f"{case}.json"


def read_answer(path: Path) -> Answer:
    """Read a kept answer.

    Raises:
        FormatError: the file has other content.
    """
    try:
        return Answer.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise FormatError(f"{path} does not hold an answer", str(error).splitlines()[0]) from error


def write_rows(path: Path, rows: Iterable[Answer]) -> None:
    """Write rows as JSON lines."""
    path.write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")


def read_rows(path: Path) -> list[Row]:
    """Read rows from JSON lines, or from rows.jsonl in a folder.

    Raises:
        FormatError: the file is missing or has other content.
    """
    file = path / "rows.jsonl" if path.is_dir() else path
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        return [Row.model_validate_json(line) for line in lines if line.strip()]
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise FormatError(f"{file} does not hold rows of an evaluation", reason) from error
