"""Scores on answers made up for the purpose."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from evals.rca.calibration import measure_calibration
from evals.rca.rows import Answer, Row
from evals.rca.score import chance, measure, measure_healthy, score, score_answers
from evals.rca.summary import summarise
from evals.rca.tables import alarms, misses
from evals.rca.truth import Truth
from tools.faults import FaultKind

BANK = Truth("bank", "exception", FaultKind.EXCEPTION)


def answer(case: str = "c1", **values: Any) -> Answer:
    given = {"method": "whydown", "set": "s", "id": case, "system": "shop", "verdict": "root_cause", **values}
    return Answer.model_validate({"candidates": 4, **given})


def row(case: str = "c1", truth: Truth | None = BANK, **values: Any) -> Row:
    return score(answer(case, **values), truth)


def test_rank_is_the_place_of_the_cause() -> None:
    assert row(ranked=["pay", "bank"]).rank == 2
    assert row(ranked=["pay"]).rank is None


@pytest.mark.parametrize("verdict", ["inconclusive", "healthy"])
def test_no_accusation_is_a_miss_at_every_depth(verdict: str) -> None:
    missed = row(ranked=["bank"], verdict=verdict, family="code", confidence=0.3)
    numbers = measure([missed])
    assert [numbers[name] for name in ("top1", "top5", "mrr", "family")] == [0.0, 0.0, 0.0, 0.0]
    assert numbers[verdict] == 1.0


def test_methods_without_verdict_always_accuse_and_name_no_family() -> None:
    numbers = measure([row(method="baro", verdict="", ranked=["bank"])])
    assert numbers["top1"] == 1.0
    assert numbers["family"] is None
    assert numbers["inconclusive"] is None


def test_crash_and_absence_count_as_wrong_and_are_named() -> None:
    truths = {"s": {"c1": BANK, "c2": BANK, "c3": BANK}}
    rows = score_answers([answer("c1", ranked=["bank"]), answer("c2", error="it broke")], truths, absent=True)
    assert measure(rows)["n"] == 3
    assert measure(rows)["top1"] == pytest.approx(1 / 3)
    assert measure(rows)["errors"] == 2
    assert list(misses(rows)) == ["c2: it broke", "c3: the ground truth knows this case and the data does not"]
    assert len(score_answers([answer("c1")], truths, absent=False)) == 1


def test_case_without_truth_is_named_and_not_scored() -> None:
    rows = [row("c1", ranked=["bank"]), row("c2", truth=None, ranked=["bank"])]
    summary = summarise(rows)
    assert summary["unscored"] == ["c2"]
    assert summary["methods"]["whydown"]["n"] == 1
    assert list(misses(rows)) == ["c2: no ground truth for this case; not scored"]


def test_look_alike_counts_as_a_healthy_window() -> None:
    summary = summarise([row(truth=Truth(""), verdict="healthy"), row("c2", ranked=["bank"])])
    assert summary["healthy"]["whydown"]["healthy"] == 1.0
    assert summary["methods"]["whydown"]["n"] == 1
    assert summary["unscored"] == []


def test_strange_fault_types_count_for_no_family() -> None:
    strange = row("c2", Truth("pay", "gremlins"), ranked=["pay"])
    summary = summarise([row(ranked=["bank"], family="code"), strange])
    assert summary["methods"]["whydown"]["family"] == 1.0
    assert summary["unknown_fault_types"] == ["gremlins"]
    assert set(summary["groups"]["family"]) == {"code", "unknown"}


def test_chance_is_the_average_of_all_orders() -> None:
    numbers = chance([row(candidates=4), row(candidates=2)])
    assert numbers["top1"] == pytest.approx((1 / 4 + 1 / 2) / 2)
    assert numbers["top3"] == pytest.approx((3 / 4 + 1) / 2)
    assert numbers["mrr"] == pytest.approx(((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4 + (1 + 1 / 2) / 2) / 2)


def test_healthy_and_inconclusive_are_told_apart_from_false_alarms() -> None:
    verdicts = ["healthy", "healthy", "inconclusive", "root_cause"]
    rows = [row(f"w{i}", None, window="healthy", verdict=v, ranked=["pay"]) for i, v in enumerate(verdicts)]
    rows.append(row("w4", None, window="healthy", verdict="", error="it broke"))
    numbers = measure_healthy(rows)
    assert [numbers[k] for k in ("n", "healthy", "inconclusive", "false_alarm", "errors")] == [5, 0.4, 0.2, 0.2, 1]
    assert list(alarms(rows)) == ["w3: healthy, yet pay is accused (0.00)"]
    assert summarise(rows)["methods"] == {}


def test_calibration_looks_at_the_first_hypothesis_whatever_the_verdict() -> None:
    rows = [
        row("c1", ranked=["bank"], confidence=0.9),
        row("c2", ranked=["bank", "pay"], confidence=0.4, verdict="inconclusive"),
        row("c3", ranked=["pay", "bank"], confidence=0.8),
        row("c4", verdict="healthy"),
    ]
    numbers = measure_calibration(rows)
    assert numbers["stated"] == 3
    assert numbers["brier"] == pytest.approx((0.1**2 + 0.6**2 + 0.8**2) / 3)
    assert numbers["auroc"] == pytest.approx(1 / 2)
    assert measure_calibration(rows[3:])["ece"] is None


def test_summary_is_plain_json() -> None:
    rows = [row(ranked=["bank"], confidence=1.0), row("w", None, window="healthy", verdict="healthy")]
    text = json.dumps(summarise(rows), allow_nan=False)
    numbers = json.loads(text)
    wanted = {"n", "top1", "top3", "top5", "mrr", "avg5", "family", "inconclusive", "ece", "brier", "cpu_s", "peak_mb"}
    assert wanted <= set(numbers["methods"]["whydown"])
    assert {"id", "truth", "ranked", "rank", "confidence", "family"} <= set(numbers["cases"][0])
    assert numbers["groups"]["system"]["shop"] == numbers["methods"]
    assert not math.isnan(numbers["methods"]["whydown"]["ece"])
