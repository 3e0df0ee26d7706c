"""The table of verdicts beside answers."""

from __future__ import annotations

from evals.rca.rows import Row
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from evals.testbed.report.table import Cell, Judged, cell, markdown, tabulate, totals


def _row(case_id: str, **fields: object) -> Row:
    base = {"method": "whydown", "set": "shop", "id": case_id, "system": "shop", "seconds": 1.5}
    return Row.model_validate({**base, **fields})


def _answer(name: str) -> Answer:
    return answer_of(find_fault(name), 1.0, 1_700_000_000.0, 1)


def _cell(row: Row, fault: str) -> Cell:
    return cell(Judged(row, _answer(fault), seed=1))


def _right(case_id: str) -> Row:
    return _row(case_id, verdict="root_cause", ranked=("payment",), kind="slow_code", rank=1, listed=1)


def test_a_right_answer_is_ranked_and_its_kind_ticked() -> None:
    found = _cell(_right("a"), "payment-slow")
    assert (found.text, found.right, found.kind_right) == ("1, slow_code ✓", True, True)


def test_a_wrong_first_answer_shows_where_the_right_one_stands() -> None:
    row = _row("a", verdict="root_cause", ranked=("cart", "payment"), kind="exception", rank=2, listed=2)
    found = _cell(row, "payment-slow")
    assert (found.text, found.right, found.kind_right) == ("2, exception", False, False)


def test_an_inconclusive_answer_is_a_miss_that_says_so() -> None:
    row = _row("a", verdict="inconclusive", ranked=("payment",), kind="slow_code", listed=1)
    found = _cell(row, "payment-slow")
    assert (found.text, found.right, found.kind_right) == ("(1) inconclusive, slow_code", False, False)


def test_a_look_alike_may_be_healthy_or_explained_as_load_but_not_blamed() -> None:
    rows = [
        _row("a", verdict="healthy"),
        _row("b", verdict="root_cause", ranked=("gateway",), kind="traffic_surge"),
        _row("c", verdict="root_cause", ranked=("cart",), kind="slow_code"),
        _row("d", verdict="inconclusive", ranked=("gateway",), kind="traffic_surge"),
    ]
    found = [_cell(row, "traffic-doubled") for row in rows]
    assert [one.right for one in found] == [True, True, False, False]
    assert found[2].text == "blames cart (slow_code)"


def test_either_of_two_faults_gives_the_kind() -> None:
    row = _row("a", verdict="root_cause", ranked=("inventory",), kind="exception", rank=1, listed=1)
    assert _cell(row, "payment-and-inventory").kind_right


def test_a_failed_investigation_is_a_miss() -> None:
    found = _cell(_row("a", error="boom"), "payment-slow")
    assert (found.text, found.right) == ("failed", False)


def test_seconds_run_from_the_symptom_to_the_report() -> None:
    assert cell(Judged(_right("a"), _answer("payment-slow"), 1, waited=40.0)).seconds == 41.5


def _table() -> dict[str, dict[int, Cell]]:
    judged = [
        Judged(_right("a"), _answer("payment-slow"), 1, 40.0),
        Judged(_row("b", verdict="healthy"), _answer("payment-slow"), 2, 42.0),
        Judged(_row("c", verdict="healthy"), healthy_answer(1), 2, 50.0),
    ]
    return tabulate(judged, [("catalog-throttled", 2)])


def test_the_table_has_a_column_a_seed_even_where_a_recording_is_missing() -> None:
    lines = markdown(_table()).splitlines()
    assert lines[0] == "| fault | cause | kind | seed 1 | seed 2 | s |"
    assert lines[2].startswith("| payment-slow | payment | slow_code | 1, slow_code ✓ |")
    assert lines[3] == "| catalog-throttled | catalog | cpu_saturation |  | not recorded |  |"
    assert lines[4] == "| healthy |  | none |  | healthy | 52 |"
    assert lines[5] == "| **component first** |  |  | 1 of 1 | 0 of 1 |  |"
    assert lines[6] == "| **kind right** |  |  | 1 of 1 | 0 of 1 |  |"


def test_the_totals_count_what_the_table_shows_and_name_what_is_missing() -> None:
    assert totals(_table()) == (
        "Component first in 1 of 2 recordings with a fault, fault kind right in 1 of 2; "
        "1 of 1 healthy ones and look-alikes judged healthy or explained as load. "
        "44 s from the symptom to the report (median). 1 not recorded."
    )
