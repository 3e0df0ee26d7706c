from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from evals.ci import trees
from evals.ci.dataset import LabelledLog
from evals.ci.fit import repo_mark
from evals.ci.folds import assign, fit_all, fit_folds
from evals.ci.prepare import Prepared, prepare
from evals.ci.score import overlap
from evals.ci.trees import to_forest
from tests.evals.ci.logs import labelled
from tools.ci.clean import clean_log
from tools.ci.decisive import find_decisive


@pytest.fixture(scope="module")
def prepared() -> list[Prepared]:
    return [prepare(labelled(number)) for number in range(42)]


@pytest.fixture(autouse=True)
def _small_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few trees are enough for a few logs."""
    monkeypatch.setitem(trees.LINE_SETTINGS, "max_iter", 12)
    monkeypatch.setitem(trees.LINE_SETTINGS, "learning_rate", 0.3)
    monkeypatch.setitem(trees.SEGMENT_SETTINGS, "max_iter", 20)


@pytest.mark.parametrize("kind", [HistGradientBoostingClassifier, HistGradientBoostingRegressor])
def test_plain_numbers_predict_what_scikit_learn_predicts(
    kind: type[HistGradientBoostingClassifier] | type[HistGradientBoostingRegressor],
) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(600, 5)).astype(np.float32)
    target = (rows[:, 0] * rows[:, 1] > 0.1) ^ (rows[:, 2] > 1)
    with threadpool_limits(1, user_api="openmp"):
        model = kind(max_iter=20, max_leaf_nodes=7, random_state=0).fit(rows, target.astype(float))
    expected = model.decision_function(rows) if hasattr(model, "decision_function") else model.predict(rows)
    assert to_forest(model).predict(rows) == pytest.approx(expected, abs=1e-4)


def test_a_prepared_log_marks_the_marked_lines_and_drops_the_text() -> None:
    log = labelled(4)
    found = prepare(log)
    marked = [text for text, hit in zip(found.view.texts, found.marked, strict=True) if hit]
    assert marked == [line for line in log.log.split("\n")[log.first - 1 : log.last] if line.strip()]
    assert found.log.log == ""
    assert set(np.flatnonzero(found.marked)) <= set(found.chosen.tolist())


def test_folds_keep_repositories_together_and_are_repeatable() -> None:
    repos = [f"o/r{n % 13}" for n in range(50)]
    found = assign(repos, folds=6)
    assert found == assign(list(reversed(repos)), folds=6)
    sizes = [list(found.values()).count(fold) for fold in range(6)]
    assert sorted(sizes) == [2, 2, 2, 2, 2, 3]


def test_models_of_a_fold_have_not_seen_its_repositories(prepared: list[Prepared]) -> None:
    models = fit_folds(prepared, lambda step: None, folds=3)
    assert set(models) == {log.log.repo for log in prepared}
    assert all(repo_mark(repo) not in model.repositories for repo, model in models.items())
    assert len({id(model) for model in models.values()}) == 3


def test_a_fitted_model_finds_failures_of_the_kind_it_was_fitted_on(prepared: list[Prepared]) -> None:
    steps: list[str] = []
    model = fit_all(prepared, "test", steps.append, folds=3)
    assert model.logs == 42
    assert steps[-1] == "segments"
    unseen = [labelled(number) for number in range(100, 109)]
    scores = [_f1(log, find_decisive(clean_log(log.log), model=model).ranges) for log in unseen]
    assert sum(scores) / len(scores) > 0.6


def _f1(log: LabelledLog, ranges: tuple[tuple[int, int], ...]) -> float:
    return overlap(ranges, log).f1
