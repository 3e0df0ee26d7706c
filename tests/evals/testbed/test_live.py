"""The real system: it works, breaks as asked, heals, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import httpx
import psutil
import pytest

from evals.testbed.faults.catalogue import find_fault
from evals.testbed.load.generator import Experience, read_journal
from evals.testbed.load.mix import Mix
from evals.testbed.recording.consolidate import consolidate
from evals.testbed.system import cgroups
from evals.testbed.system.plan import POSTGRES, REDIS, SERVICES
from evals.testbed.system.testbed import COLLECTED, DemoSystem, running
from tools.window import TimeWindow

pytestmark = pytest.mark.live
CHECKOUT = "POST /checkout"


@pytest.fixture(scope="module")
def testbed() -> Iterator[DemoSystem]:
    with running(COLLECTED) as system:
        system.set_mix(Mix(rate=10, buy=40))
        system.start_load(seed=1)
        yield system


def _until(wanted: Callable[[], bool], seconds: float = 25.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if wanted():
            return True
        time.sleep(0.2)
    return False


def _checkouts(testbed: DemoSystem, since: float) -> list[Experience]:
    seen = read_journal(testbed.plan.folder)
    return [one for one in seen if one.route == CHECKOUT and one.time_unix > since]


def _settled(testbed: DemoSystem, good: Callable[[Experience], bool]) -> Callable[[], bool]:
    """Return a condition: the last five checkouts since now are all good."""
    since = time.time()

    def check() -> bool:
        recent = _checkouts(testbed, since)[-5:]
        return len(recent) == 5 and all(good(one) for one in recent)

    return check


def _fine(one: Experience) -> bool:
    return one.status == 201 and one.seconds < 0.5


def test_customers_can_buy(testbed: DemoSystem) -> None:
    assert _until(_settled(testbed, _fine))


def test_it_fits_in_two_gigabytes(testbed: DemoSystem) -> None:
    assert 200 < testbed.megabytes() < 2_000


def test_a_confirmation_is_sent_for_an_order(testbed: DemoSystem) -> None:
    assert _until(lambda: int(testbed.sql("SELECT count(*) FROM messages")) > 0)


def test_a_slow_payment_slows_checkout_until_it_is_healed(testbed: DemoSystem) -> None:
    fault = find_fault("payment-slow")
    fault.inject(testbed, 0.7)
    assert _until(_settled(testbed, lambda one: one.seconds > 0.7))
    fault.heal(testbed)
    assert _until(_settled(testbed, _fine))


def test_an_exception_fails_checkout_until_it_is_healed(testbed: DemoSystem) -> None:
    fault = find_fault("inventory-exception")
    fault.inject(testbed, 4)
    assert _until(_settled(testbed, lambda one: one.status == 502))
    fault.heal(testbed)
    assert _until(_settled(testbed, _fine))


def test_a_bad_configuration_is_noted_and_can_be_rolled_back(testbed: DemoSystem) -> None:
    fault = find_fault("checkout-timeout")
    fault.inject(testbed, 0.001)
    assert _until(_settled(testbed, lambda one: one.status >= 500))
    fault.heal(testbed)
    assert _until(_settled(testbed, _fine))
    noted = [change["summary"] for change in testbed.changes()]
    assert noted[-2:] == ["payment_timeout: 4.0 -> 0.001", "roll back revision 2"]


@pytest.mark.parametrize("name", ["payment-disk", "shipping-partition", "redis-down", "payment-credential"])
def test_a_fault_fails_checkout_until_it_is_healed(testbed: DemoSystem, name: str) -> None:
    fault = find_fault(name)
    fault.inject(testbed)
    assert _until(_settled(testbed, lambda one: one.status == 0 or one.status >= 500))
    fault.heal(testbed)
    assert _until(_settled(testbed, _fine))


def test_limits_hold_a_process_and_are_lifted(testbed: DemoSystem) -> None:
    fault = find_fault("catalog-throttled")
    fault.inject(testbed, 0.02)
    assert _until(_settled(testbed, lambda one: one.seconds > 0.3))
    fault.heal(testbed)
    assert _until(_settled(testbed, _fine))


def test_a_service_that_is_killed_comes_back(testbed: DemoSystem) -> None:
    testbed.order("signal", name="cart-1", signal="SIGKILL")
    assert _until(lambda: testbed.order("status")["processes"]["cart-1"]["restarts"] == 1)
    assert _until(_settled(testbed, _fine))


def test_all_of_it_is_in_the_telemetry(testbed: DemoSystem, tmp_path: Path) -> None:
    """The last test of this system: it shuts it down."""
    testbed.shut_down()
    whole = TimeWindow(start_ns=0, end_ns=2**62)
    assert set(consolidate(testbed.plan.folder / COLLECTED, tmp_path, whole)) == {"traces", "logs", "metrics"}
    with duckdb.connect() as con:
        query = f"SELECT DISTINCT service FROM '{tmp_path}/{{}}.parquet'"
        traced = {name for (name,) in con.execute(query.format("traces")).fetchall()}
        measured = {name for (name,) in con.execute(query.format("metrics")).fetchall()}
        longest = con.execute(
            f"SELECT count(DISTINCT service) FROM '{tmp_path}/traces.parquet' GROUP BY trace_id ORDER BY 1 DESC LIMIT 1"
        ).fetchall()
    observed = {spec.name for spec in SERVICES if spec.observed}
    assert traced == observed
    assert measured == observed | {POSTGRES, REDIS}
    assert longest[0][0] >= 8  # a purchase, from the gateway to the confirmation


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


@pytest.mark.parametrize("victim", ["starter", "keeper", "both"])
def test_nothing_is_left_after_a_kill(victim: str, tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from evals.testbed.system.testbed import running\n"
        "from evals.testbed.faults.catalogue import find_fault\n"
        "with running() as testbed:\n"
        "    find_fault('catalog-throttled').inject(testbed)\n"
        "    print(testbed.plan.folder, testbed.plan.gateway_port, flush=True)\n"
        "    time.sleep(60)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert starter.stdout is not None
    with starter.stdout as said:
        folder, port = said.readline().split()
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    everyone = _family(starter.pid)
    keeper = everyone[1]
    for chosen, pid in (("starter", starter.pid), ("keeper", keeper.pid)):
        if victim in {chosen, "both"}:
            os.kill(pid, signal.SIGKILL)
    if victim == "keeper":
        starter.send_signal(signal.SIGINT)
    starter.wait()
    others = [process for process in everyone if process.pid != starter.pid]
    assert _until(lambda: not any(process.is_running() for process in others), 15)
    assert _until(lambda: not Path(folder).exists(), 5)
    assert not _groups_of(keeper.pid)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0


def _groups_of(keeper: int) -> list[Path]:
    return [*cgroups.ROOT.glob(f"{cgroups.PREFIX}{keeper}-*"), *cgroups.ROOT.glob(f"*/{cgroups.PREFIX}{keeper}-*")]
