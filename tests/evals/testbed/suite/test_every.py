"""The suite under every fault: order, healing, going on, and the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from evals.testbed.faults.catalogue import FAULTS
from evals.testbed.suite import every as module
from evals.testbed.suite.every import AGAIN, Tried, markdown, names_of, try_every
from evals.testbed.suite.run import JUNIT
from evals.testbed.system.testbed import DemoSystem
from tools.errors import PrerequisiteError

CASE = '<testcase classname="test_shop" name="{}">{}</testcase>'


class Shop:
    """A shop that notes what is done to it; under a fault one test of three fails."""

    def __init__(self, does: list[str]) -> None:
        self.does = does
        self.broken = ""
        self.ill_after = ""
        self.refuses = ""

    def test(self, _: DemoSystem, into: Path) -> None:
        self.does.append(f"test {into.name}")
        into.mkdir(parents=True)
        cases = [CASE.format("test_one", "<failure/>" if self.broken else ""), CASE.format("test_two[DE]", "")]
        (into / JUNIT).write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    does: list[str] = []
    stand_in = Shop(does)

    @contextmanager
    def running() -> Iterator[DemoSystem]:
        does.append("up")
        yield cast(DemoSystem, stand_in)
        does.append("down")

    def inject(fault: object, system: object, severity: float | None = None) -> None:
        name = getattr(fault, "name", "")
        if name == stand_in.refuses:
            raise PrerequisiteError("cannot be done here", "use another machine")
        does.append(f"break {name}")
        stand_in.broken = name

    def heal(fault: object, system: object) -> None:
        does.append(f"heal {getattr(fault, 'name', '')}")
        stand_in.broken = ""

    def well(system: object) -> bool:
        last = next((deed for deed in reversed(does) if deed.startswith("heal")), "")
        return not stand_in.ill_after or last != f"heal {stand_in.ill_after}"

    monkeypatch.setattr(module, "running", running)
    monkeypatch.setattr(module, "run_pytest", stand_in.test)
    monkeypatch.setattr(module, "_well", well)
    monkeypatch.setattr(module, "TAKES_HOLD_SECONDS", 0.0)
    monkeypatch.setattr(type(FAULTS["payment-slow"]), "inject", inject)
    monkeypatch.setattr(type(FAULTS["payment-slow"]), "heal", heal)
    return stand_in


def run(into: Path, *names: str, say: Callable[[str], None] = lambda line: None) -> list[Tried]:
    return try_every(into, names, say)


def test_each_fault_is_injected_tested_and_healed_between_two_healthy_runs(shop: Shop, tmp_path: Path) -> None:
    said: list[str] = []
    found = run(tmp_path, "payment-slow", "redis-down", say=said.append)
    assert [tried.fault for tried in found] == ["healthy", "payment-slow", "redis-down", AGAIN]
    assert [len(tried.failed) for tried in found] == [0, 1, 1, 0]
    assert shop.does == [
        "up",
        "test healthy",
        "break payment-slow",
        "test payment-slow",
        "heal payment-slow",
        "break redis-down",
        "test redis-down",
        "heal redis-down",
        f"test {AGAIN}",
        "down",
    ]
    assert said[1] == "payment-slow: 1 passed, 1 failed"


def test_what_was_run_is_not_run_again(shop: Shop, tmp_path: Path) -> None:
    first = run(tmp_path, "payment-slow")
    shop.does.clear()
    assert run(tmp_path, "payment-slow") == first
    assert shop.does == []
    run(tmp_path, "payment-slow", "redis-down")
    assert [deed for deed in shop.does if deed.startswith("test")] == ["test redis-down"]


def test_a_shop_that_stays_ill_is_replaced(shop: Shop, tmp_path: Path) -> None:
    shop.ill_after = "payment-slow"
    found = run(tmp_path, "payment-slow", "redis-down")
    assert [len(tried.failed) for tried in found] == [0, 1, 1, 0]
    assert shop.does.count("up") == 2
    assert shop.does.index("down") < shop.does.index("break redis-down")


def test_a_fault_that_this_machine_cannot_have_is_named_and_not_tried_for_ever(shop: Shop, tmp_path: Path) -> None:
    shop.refuses = "payment-slow"
    found = run(tmp_path, "payment-slow", "redis-down")
    assert found[1].reason.startswith("cannot be done here")
    assert "heal payment-slow" in shop.does  # what was half done is undone
    assert len(found[2].failed) == 1
    assert "| payment-slow | slow_code | not run | cannot be done here" in markdown(found)


def test_the_table_tells_how_many_tests_fail_and_which() -> None:
    table = markdown(
        [
            Tried("healthy", 27),
            Tried(
                "payment-slow", 25, ("test_shop::test_buying_is_fast[aurora]", "test_shop::test_buying_is_fast[dunes]")
            ),
            Tried("traffic-doubled", 27),
        ]
    )
    assert table.splitlines()[2:] == [
        "| healthy | none | 0 of 27 |  |",
        "| payment-slow | slow_code | 2 of 27 | buying is fast × 2 |",
        "| traffic-doubled | none | 0 of 27 |  |",
    ]


def test_tests_that_differ_by_a_parameter_are_one_name() -> None:
    assert names_of(["t::test_a_page[1]", "t::test_b", "t::test_a_page[2]"]) == "a page × 2; b"
