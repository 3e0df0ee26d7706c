"""One folder a run: run.json (what was asked), checkpoint.sqlite (where it stands), report.json (the answer)."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from agent.schema import Incident, Report
from tools.clock import now
from tools.errors import RunError
from tools.redact import redact_model


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of a run and what is in them."""

    path: Path

    @property
    def id(self) -> str:
        """Return the run's id, the folder's name."""
        return self.path.name

    @property
    def checkpoint(self) -> Path:
        """Return the path of the graph's checkpoint database."""
        return self.path / "checkpoint.sqlite"

    @property
    def has_report(self) -> bool:
        """Tell whether the run has finished."""
        return (self.path / "report.json").exists()

    def incident(self) -> Incident:
        """Return what was asked.

        Raises:
            RunError: run.json is unreadable.
        """
        try:
            return Incident.model_validate_json((self.path / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValidationError) as error:
            raise RunError(f"run {self.id} cannot be read", str(error).splitlines()[0]) from error

    def report(self) -> Report:
        """Return the answer.

        Raises:
            RunError: the run has not finished, or report.json is unreadable.
        """
        try:
            return Report.model_validate_json((self.path / "report.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            remedy = f"finish it: whydown investigate --resume {self.id}"
            raise RunError(f"run {self.id} has no report yet", remedy) from error
        except (OSError, ValidationError) as error:
            raise RunError(f"the report of run {self.id} cannot be read", str(error).splitlines()[0]) from error

    def save_incident(self, incident: Incident) -> None:
        """Write what was asked, replacing an earlier one in one step."""
        write_atomically(self.path / "run.json", incident.model_dump_json(indent=1))

    def save_report(self, report: Report) -> None:
        """Write the answer without secrets, replacing an earlier one in one step: people attach run folders."""
        write_atomically(self.path / "report.json", redact_model(report).model_dump_json(indent=1))


def create_run(runs: Path, incident: Incident) -> RunFolder:
    """Make a folder for a new run; its name sorts by time.

    Raises:
        RunError: the runs folder cannot be written.
    """
    path = runs / f"{now():%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    try:
        path.mkdir(parents=True)
        write_atomically(path / "run.json", incident.model_dump_json(indent=1))
    except OSError as error:
        raise RunError(
            f"cannot write runs in {runs}", f"{error.strerror}; set WHYDOWN_RUNS to a folder you own"
        ) from error
    return RunFolder(path)


def list_runs(runs: Path) -> list[RunFolder]:
    """Return all runs, oldest first; none when there is no such folder."""
    return [RunFolder(path) for path in sorted(runs.glob("*")) if (path / "run.json").is_file()]


def find_run(runs: Path, run_id: str) -> RunFolder:
    """Find a run by id, by a unique beginning of it, or `last`.

    Raises:
        RunError: there is none, or several begin so.
    """
    known = [run.id for run in list_runs(runs)]
    matches = known[-1:] if run_id == "last" else [name for name in known if name.startswith(run_id)]
    if len(matches) != 1:
        problem = "several runs begin with" if matches else "no run"
        raise RunError(f"{problem} {run_id!r} in {runs}", "known: " + (", ".join(known[-5:]) or "none"))
    return RunFolder(runs / matches[0])


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old or the new content, never a part."""
    partial = path.with_suffix(path.suffix + ".partial")
    with partial.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    partial.replace(path)
