"""End to end: the demo system runs, a real Prometheus scrapes it, its spans are collected, a fault is found."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from evals.testbed.faults.catalogue import find_fault
from evals.testbed.load.mix import Mix
from evals.testbed.system.testbed import COLLECTED, running
from tests.agent.cli.command_line import Whydown, runner
from tests.contract.exposition import serving
from tests.contract.servers import prometheus
from tools.window import NS, TimeWindow

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
WARM_UP_SECONDS, NORMAL_SECONDS, FAULT_SECONDS = 4.0, 26.0, 20.0
DELIVERY_SECONDS = 5.0
"""Until the last spans are in the folder."""
SCRAPE = """
scrape_configs:
  - job_name: shop
    scrape_interval: 3s
    honor_labels: true
    static_configs: [{targets: ['%s']}]
"""


@pytest.fixture
def whydown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Whydown:
    monkeypatch.chdir(tmp_path)
    return runner(monkeypatch, capsys)


def test_a_fault_is_found_in_a_scraped_system(whydown: Whydown, tmp_path: Path) -> None:
    fault = find_fault("payment-slow")
    with running(COLLECTED) as system:
        folder = system.plan.folder / COLLECTED
        with serving(folder) as target, prometheus(tmp_path / "prometheus", SCRAPE % target) as url:
            system.set_mix(Mix(rate=8))
            system.start_load(seed=3)
            time.sleep(WARM_UP_SECONDS)
            begin = time.time()
            time.sleep(NORMAL_SECONDS)
            fault.inject(system, None)
            onset = time.time()
            time.sleep(FAULT_SECONDS)
            end = time.time()
            time.sleep(DELIVERY_SECONDS)
            Path("whydown.toml").write_text(
                f'[[sources.metrics]]\nkind = "prometheus"\nurl = "{url}"\n'
                f'[[sources.traces]]\nkind = "folder"\nfolder = "{folder}"\n'
            )
            windows = [
                TimeWindow(start_ns=round(a * NS), end_ns=round(b * NS)) for a, b in ((onset, end), (begin, onset))
            ]
            asked = ("--incident", str(windows[0]), "--baseline", str(windows[1]), "--symptom", "checkout p99 > 2s")
            ended = whydown("investigate", "--sources", "whydown.toml", *asked, "--no-model", "--json")
            report = json.loads(ended.out)
            assert ended.code == 0
            shown = whydown("show", "whydown.toml", "metrics", "--incident", str(windows[0]), "--service", "payment")
    assert report["hypotheses"][0]["component"] == fault.component
    assert {s["signal"] for s in report["sources"] if s["available"]} == {"traces", "metrics"}
    kinds = {item["kind"] for item in report["evidence"] if item["subject"]["service"] == fault.component}
    assert "latency.self" in kinds  # whether eight scrapes suffice for a sure metric finding, too, is up to chance
    (metrics,) = (s for s in report["sources"] if s["signal"] == "metrics")
    assert metrics["fetched"]["bytes"] > 1000
    assert "payment-1" in shown.out
