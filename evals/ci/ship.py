"""Fit the model that comes with the package, and write it."""

from __future__ import annotations

from pathlib import Path

from evals.ci.dataset import read_logs
from evals.ci.folds import Progress, fit_all
from evals.ci.prepare import prepare


def write_model(path: Path, out: Path, progress: Progress) -> str:
    """Fit on all logs of a file or folder, write the model as JSON, and say what was written.

    Raises:
        FormatError: nothing to read.
        PrerequisiteError: scikit-learn is not installed.
    """
    logs = []
    for log in read_logs(path):
        progress(f"reading {log.id}")
        logs.append(prepare(log))
    model = fit_all(logs, f"whydown eval ci {path.name} --fit {out.name}", progress)
    out.write_text(model.model_dump_json() + "\n", encoding="utf-8")
    return f"{out}: {model.logs} logs of {len(model.repositories)} repositories"
