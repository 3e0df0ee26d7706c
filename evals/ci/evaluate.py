"""Measure how well the decisive lines of CI logs are found."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from evals.ci.dataset import LabelledLog, read_logs
from evals.ci.fit import repo_mark
from evals.ci.folds import FOLDS, fit_folds
from evals.ci.methods import BASELINES
from evals.ci.prepare import Prepared, prepare
from evals.ci.score import Overlap, means, overlap
from tools.ci.clean import clean_log
from tools.ci.decisive import DecisiveModel, find_decisive, shipped_model

OURS = "whydown"
Progress = Callable[[str], None]


@dataclass(slots=True)
class _Judged:
    """Scores and seconds of one method."""

    overlaps: list[Overlap] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, scored: Overlap, seconds: float) -> None:
        self.overlaps.append(scored)
        self.seconds.append(seconds)

    def means(self) -> dict[str, float | int]:
        return means(self.overlaps, self.seconds)


@dataclass(frozen=True, slots=True)
class Result:
    """Means by method over all logs, means of our method by language, and how our method was judged."""

    methods: dict[str, dict[str, float | int]]
    languages: dict[str, dict[str, float | int]]
    how: str


def evaluate(path: Path, progress: Progress, as_shipped: bool = False) -> Result:
    """Judge all methods on the logs of a file or folder.

    Logs of repositories that the shipped model was fitted on are judged by models that were fitted
    without them, fold by fold; all other logs by the shipped model.

    Args:
        path: Parquet file or folder, see `evals.ci.dataset`.
        progress: told what is being done.
        as_shipped: judge all logs by the shipped model.

    Raises:
        FormatError: nothing to read.
        PrerequisiteError: scikit-learn is needed for the folds and not installed.
    """
    seen = [] if as_shipped else _seen_before(path, progress)
    models = fit_folds(seen, progress) if len({log.log.repo for log in seen}) >= 2 * FOLDS else {}
    judged = {name: _Judged() for name in (OURS, *BASELINES)}
    languages: dict[str, _Judged] = {}
    for log in read_logs(path):
        progress(f"judging {log.id}")
        _judge_baselines(log, judged)
        scored, seconds = _judge_ours(log, models)
        judged[OURS].add(scored, seconds)
        languages.setdefault(log.language, _Judged()).add(scored, seconds)
    return Result(
        methods={name: found.means() for name, found in judged.items()},
        languages={name: languages[name].means() for name in sorted(languages)},
        how=_how(len(judged[OURS].overlaps), len(seen) if models else 0, len(models)),
    )


def _seen_before(path: Path, progress: Progress) -> list[Prepared]:
    marks = set(shipped_model().repositories)
    seen = []
    for log in read_logs(path):
        if repo_mark(log.repo) in marks:
            progress(f"reading {log.id}")
            seen.append(prepare(log))
    return seen


def _judge_baselines(log: LabelledLog, judged: Mapping[str, _Judged]) -> None:
    for name, method in BASELINES.items():
        started = time.perf_counter()
        ranges = method(list(clean_log(log.log).lines))
        judged[name].add(overlap(ranges, log), time.perf_counter() - started)


def _judge_ours(log: LabelledLog, models: Mapping[str, DecisiveModel]) -> tuple[Overlap, float]:
    started = time.perf_counter()
    found = find_decisive(clean_log(log.log), model=models.get(log.repo))
    seconds = time.perf_counter() - started
    return overlap(found.ranges, log), seconds


def _how(logs: int, by_folds: int, repositories: int) -> str:
    if not by_folds:
        return f"{logs} logs judged by the shipped model"
    text = (
        f"{by_folds} logs judged by models fitted without their repository ({repositories} repositories, {FOLDS} folds)"
    )
    return text if by_folds == logs else f"{text}, {logs - by_folds} by the shipped model"
