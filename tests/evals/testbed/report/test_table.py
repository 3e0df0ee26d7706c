"""The table of verdicts beside answers."""

from __future__ import annotations

from evals.rca.rows import Row
from evals.testbed.faults.catalogue import find_fault
from evals.testbed.recording.answer import Answer, answer_of, healthy_answer
from evals.testbed.report.table import cells, markdown, totals


def _row(case_id: str, **fields: object) -> Row:
    base = {"method": "whydown", "set": "shop", "id": case_id, "system": "shop", "seconds": 1.5}
    return Row.model_validate({**base, **fields})


def _answer(name: str) -> Answer:
    return answer_of(find_fault(name), 1.0, 1_700_000_000.0, 1)


def _right(case_id: str) -> Row:
    return _row(case_id, verdict="root_cause", ranked=("payment",), kind="slow_code", rank=1, listed=1)


def test_a_right_answer_is_ranked_and_its_kind_ticked() -> None:
    (cell,) = cells([_right("a")], {"a": _answer("payment-slow")})["payment-slow"]
    assert (cell.text, cell.right, cell.kind_right) == ("1, slow_code ✓", True, True)


def test_a_wrong_first_answer_shows_where_the_right_one_stands() -> None:
    row = _row("a", verdict="root_cause", ranked=("cart", "payment"), kind="exception", rank=2, listed=2)
    (cell,) = cells([row], {"a": _answer("payment-slow")})["payment-slow"]
    assert (cell.text, cell.right, cell.kind_right) == ("2, exception", False, False)


def test_an_inconclusive_answer_is_a_miss_that_says_so() -> None:
    row = _row("a", verdict="inconclusive", ranked=("payment",), kind="slow_code", listed=1)
    (cell,) = cells([row], {"a": _answer("payment-slow")})["payment-slow"]
    assert (cell.text, cell.right, cell.kind_right) == ("(1) inconclusive, slow_code", False, False)


def test_a_look_alike_may_be_healthy_or_explained_as_load_but_not_blamed() -> None:
    answers = {name: _answer("traffic-doubled") for name in "abc"}
    rows = [
        _row("a", verdict="healthy"),
        _row("b", verdict="root_cause", ranked=("gateway",), kind="traffic_surge"),
        _row("c", verdict="root_cause", ranked=("cart",), kind="slow_code"),
    ]
    found = cells(rows, answers)["traffic-doubled"]
    assert [cell.right for cell in found] == [True, True, False]
    assert found[2].text == "blames cart (slow_code)"


def test_either_of_two_faults_gives_the_kind() -> None:
    row = _row("a", verdict="root_cause", ranked=("inventory",), kind="exception", rank=1, listed=1)
    (cell,) = cells([row], {"a": _answer("payment-and-inventory")})["payment-and-inventory"]
    assert cell.kind_right


def test_a_failed_investigation_is_a_miss() -> None:
    (cell,) = cells([_row("a", error="boom")], {"a": _answer("payment-slow")})["payment-slow"]
    assert (cell.text, cell.right) == ("failed", False)


def test_the_totals_count_what_the_table_shows() -> None:
    answers = {"a": _answer("payment-slow"), "b": _answer("payment-slow"), "c": healthy_answer(1)}
    rows = [_right("a"), _row("b", verdict="healthy"), _row("c", verdict="healthy")]
    found = cells(rows, answers)
    assert totals(found).startswith("Component first in 1 of 2 recordings with a fault, fault kind right in 1; 1 of 1")
    lines = markdown(found).splitlines()
    assert lines[0] == "| fault | cause | kind | seed 1 | seed 2 | s |"
    assert lines[2].startswith("| payment-slow | payment | slow_code | 1, slow_code ✓ |")
    assert lines[3].startswith("| healthy |  | none | healthy |  | 1.5 |")
