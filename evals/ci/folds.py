"""Grouped cross-validation: every repository is judged by models that never saw it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Sequence

from evals.ci.fit import Lines, assemble, fit_lines, fit_segments, scored_by
from evals.ci.prepare import Prepared
from tools.ci.decisive import DecisiveModel

Progress = Callable[[str], None]
FOLDS = 6


def assign(repos: Sequence[str], folds: int = FOLDS) -> dict[str, int]:
    """Return a fold for each repository, the same in every run."""
    names = sorted(set(repos))
    random.Random(0).shuffle(names)
    return {name: index % folds for index, name in enumerate(names)}


def fit_all(logs: Sequence[Prepared], made_by: str, progress: Progress, folds: int = FOLDS) -> DecisiveModel:
    """Fit the model to ship on all logs."""
    fold = assign([log.log.repo for log in logs], folds)
    away = {number: _without(logs, fold, {number}, progress) for number in sorted(set(fold.values()))}
    scores = [scored_by(away[fold[log.log.repo]], log) for log in logs]
    progress("segments")
    return assemble(fit_lines(logs), fit_segments(logs, scores), logs, made_by)


def fit_folds(logs: Sequence[Prepared], progress: Progress, folds: int = FOLDS) -> dict[str, DecisiveModel]:
    """Return for each repository a model fitted without it, in both stages.

    For the model that judges fold a, the segment model learns fold b from line models that saw neither
    a nor b; so nothing of a enters, not even through the scores of other logs.
    """
    fold = assign([log.log.repo for log in logs], folds)
    numbers = sorted(set(fold.values()))
    pairs = {pair: _without(logs, fold, set(pair), progress) for pair in itertools.combinations(numbers, 2)}
    models = {}
    for judged in numbers:
        rest = [log for log in logs if fold[log.log.repo] != judged]
        both = [pairs[min(judged, fold[log.log.repo]), max(judged, fold[log.log.repo])] for log in rest]
        scores = [scored_by(lines, log) for lines, log in zip(both, rest, strict=True)]
        lines = _without(logs, fold, {judged}, progress)
        models[judged] = assemble(lines, fit_segments(rest, scores), rest, f"without fold {judged}")
    return {repo: models[number] for repo, number in fold.items()}


def _without(logs: Sequence[Prepared], fold: dict[str, int], left_out: set[int], progress: Progress) -> Lines:
    progress(f"lines without {', '.join(map(str, sorted(left_out)))}")
    return fit_lines([log for log in logs if fold[log.log.repo] not in left_out])
