"""Every fault does harm, and healing it leaves nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.testbed.faults.catalogue import FAULTS
from evals.testbed.faults.steps import Sql
from evals.testbed.recording.routine import CHANGES
from tests.evals.testbed.faults.paper_shop import PaperShop
from tools.faults import FaultKind


@pytest.fixture
def shop(tmp_path: Path) -> PaperShop:
    return PaperShop(tmp_path)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_does_harm_and_healing_leaves_nothing(name: str, shop: PaperShop) -> None:
    fault = FAULTS[name]
    assert shop.harm() == {}
    fault.inject(shop)
    assert shop.harm() or shop.statements
    fault.heal(shop)
    assert shop.harm() == {}


@pytest.mark.parametrize("name", FAULTS)
def test_every_statement_has_its_repair(name: str, shop: PaperShop) -> None:
    fault = FAULTS[name]
    fault.inject(shop)
    harmful = len(shop.statements)
    fault.heal(shop)
    assert len(shop.statements) == 2 * harmful
    assert all(step.repair.strip() for step in fault.steps if isinstance(step, Sql))


@pytest.mark.parametrize("first", ["payment-slow", "redis-evicting", "checkout-timeout", "catalog-memory"])
def test_faults_one_after_the_other_do_not_disturb_each_other(first: str, shop: PaperShop) -> None:
    for name in (first, *FAULTS):
        FAULTS[name].inject(shop)
        FAULTS[name].heal(shop)
    assert shop.harm() == {}


@pytest.mark.parametrize("severity", [0.05, 3.0])
@pytest.mark.parametrize(
    "name", ["payment-slow", "inventory-delay", "catalog-throttled", "bank-slow", "inventory-clock"]
)
def test_severity_is_what_reaches_the_system(name: str, severity: float, shop: PaperShop) -> None:
    """The number stands somewhere in what was done: in code, weather, a limit, a setting or a clock."""
    FAULTS[name].inject(shop, severity)
    done = [path.read_text() for path in shop.plan.folder.rglob("*") if path.is_file() and path.name != "plan.json"]
    assert f"{severity:g}" in "".join([*done, str(shop.limits)])


def test_only_what_a_pipeline_does_is_noted_as_a_change(shop: PaperShop) -> None:
    """Nobody writes down that a disk fills up or a lock is held; the answer must not stand beside the telemetry."""
    for name, fault in FAULTS.items():
        before = len(shop.changes())
        fault.inject(shop)
        noted = shop.changes()[before:]
        fault.heal(shop)
        rolled_out = fault.kind in {FaultKind.BAD_CONFIGURATION, FaultKind.BAD_DEPLOY} or name == "harmless-deploy"
        assert bool(noted) == rolled_out, name


def test_a_note_tells_who_rolled_what_out_where(shop: PaperShop) -> None:
    FAULTS["checkout-timeout"].inject(shop, 0.25)
    FAULTS["payment-bad-deploy"].inject(shop)
    config, deploy = shop.changes()
    assert (config["kind"], config["service"], config["summary"]) == (
        "config",
        "checkout",
        "payment_timeout: 4.0 -> 0.25",
    )
    assert (deploy["kind"], deploy["service"], deploy["reference"]) == ("deploy", "payment", "payment@5.2.0")
    assert config["author"]


def test_a_bad_deploy_reaches_one_instance_of_two(shop: PaperShop) -> None:
    FAULTS["payment-bad-deploy"].inject(shop)
    assert {name: version for name, version in shop.versions.items() if name.startswith("payment")} == {
        "payment-1": "5.1.2",
        "payment-2": "5.2.0",
    }
    assert [path.name for path in (shop.plan.folder / "patches").iterdir()] == ["payment-2.json"]


def test_two_faults_at_once_are_both_there(shop: PaperShop) -> None:
    FAULTS["payment-and-inventory"].inject(shop)
    names = {path.name.partition("-")[0] for path in (shop.plan.folder / "patches").iterdir()}
    assert names == {"payment", "inventory"}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.service)
def test_routine_changes_are_noted_and_taken_back(change: object, shop: PaperShop) -> None:
    change.apply(shop, 1.0)  # type: ignore[attr-defined]  # a Configure; pytest's parameter has no type
    assert list(shop.harm()) == ["settings"]
    change.undo(shop)  # type: ignore[attr-defined]
    assert shop.harm() == {}
    assert [noted["kind"] for noted in shop.changes()] == ["config", "config"]
