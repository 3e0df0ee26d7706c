"""What is said of wrong verdicts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from agent.schema import Hypothesis, Report, Verdict, Windows
from evals.rca.rows import Row
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from evals.testbed.report.misses import describe_misses
from evals.testbed.report.table import Judged
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.faults import FaultKind

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def _evidence(number: int, service: str, peer: str = "") -> Evidence:
    return Evidence(
        id=f"E{number}",
        kind=EvidenceKind.ERRORS_ORIGIN,
        subject=Subject(kind="edge" if peer else "service", service=service, peer=peer),
        statement="half of the spans fail",
        effect=5.0,
        query="whydown show traces",
    )


def _write(out: Path, case: str, *evidence: Evidence) -> None:
    window = (NOON, NOON + dt.timedelta(minutes=1))
    blamed = Hypothesis(rank=1, component="cart", fault_kind=FaultKind.EXCEPTION, cause="it raises", confidence=0.75)
    report = Report(
        verdict=Verdict.ROOT_CAUSE,
        hypotheses=(blamed,),
        evidence=evidence,
        windows=Windows(incident=window, baseline=(window,), chosen_by="user"),
        sources=(),
    )
    path = out / "seed" / "reports" / "whydown" / "shop" / f"{case}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.model_dump_json(), encoding="utf-8")


def _judged(case: str, answer: Answer, rank: int | None = None, error: str = "") -> Judged:
    row = Row(
        method="whydown", set="shop", id=case, system="shop", ranked=("cart",), kind="exception", verdict="root_cause"
    )
    return Judged(row.model_copy(update={"rank": rank, "listed": rank, "error": error}), answer, seed=1)


def _slow() -> Answer:
    return answer_of(find_fault("bank-slow"), 0.7, 1.0, 1)


def test_a_right_verdict_is_no_miss(tmp_path: Path) -> None:
    assert list(describe_misses([_judged("shop-1-01", _slow(), rank=1)], tmp_path)) == []


def test_a_miss_tells_what_was_known_of_the_cause(tmp_path: Path) -> None:
    _write(tmp_path, "shop-1-01", _evidence(1, "payment", "bank"), _evidence(2, "bank"), _evidence(3, "cart"))
    (line,) = describe_misses([_judged("shop-1-01", _slow())], tmp_path)
    assert line.startswith("- bank-slow, seed 1 (shop-1-01): – cart, exception.")
    assert "Hypotheses: cart exception 0.75." in line
    assert line.endswith("Evidence about bank: errors.origin × 2.")


def test_a_cause_without_a_trace_is_told_as_such(tmp_path: Path) -> None:
    _write(tmp_path, "shop-1-01", _evidence(1, "cart"))
    (line,) = describe_misses([_judged("shop-1-01", _slow())], tmp_path)
    assert line.endswith("Evidence about bank: none.")


def test_a_false_alarm_tells_whom_it_blames(tmp_path: Path) -> None:
    _write(tmp_path, "shop-1-02")
    (line,) = describe_misses([_judged("shop-1-02", healthy_answer(1))], tmp_path)
    assert line == "- healthy, seed 1 (shop-1-02): blames cart (exception). Hypotheses: cart exception 0.75."


def test_a_failed_investigation_tells_why(tmp_path: Path) -> None:
    (line,) = describe_misses([_judged("shop-1-03", _slow(), error="took too long")], tmp_path)
    assert line == "- bank-slow, seed 1 (shop-1-03): failed. took too long"
