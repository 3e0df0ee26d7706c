"""A tiny data folder in the evaluation's layout: one system, one baseline, three cases, made here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

EDGES = (("front", "cart"), ("front", "pay"), ("pay", "bank"))
OWN_MS = {"front": 5.0, "cart": 8.0, "pay": 10.0, "bank": 6.0}
DAY = 1_700_000_000
MS = 1_000_000


class Recorder:
    """Spans and metrics of a small shop: every request goes front → cart, then front → pay → bank."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.spans: list[dict[str, object]] = []
        self.points: list[dict[str, object]] = []

    def run(self, start: int, seconds: int, slow: dict[str, float], wire: dict[str, float]) -> None:
        """Record; `slow` adds self-time in ms to a service, `wire` adds time in ms on the way to it."""
        for moment in range(start, start + seconds):
            own = {s: ms * self.random.lognormal(0, 0.1) + slow.get(s, 0.0) for s, ms in OWN_MS.items()}
            self._request(moment, own, wire)
            if moment % 10 == 0:
                self._scrape(moment, own, slow)

    def _request(self, moment: int, own: dict[str, float], wire: dict[str, float]) -> None:
        trace, at = f"{moment:032x}", moment * 1_000 * MS
        took = {"bank": own["bank"], "cart": own["cart"]}
        gap = {callee: 0.5 + wire.get(callee, 0.0) for _, callee in EDGES}
        took["pay"] = own["pay"] + took["bank"] + gap["bank"]
        took["front"] = own["front"] + took["cart"] + took["pay"] + gap["cart"] + gap["pay"]
        self._span(trace, "s-front", "", "front", "GET /", at, took["front"])
        for caller, callee in EDGES:
            at += int(2 * MS)
            client, server = f"c-{callee}", f"s-{callee}"
            self._span(trace, client, f"s-{caller}", caller, f"call {callee}", at, took[callee] + gap[callee])
            self._span(trace, server, client, callee, f"serve {callee}", at + int(gap[callee] * MS / 2), took[callee])

    def _span(self, trace: str, span: str, parent: str, service: str, operation: str, at: int, ms: float) -> None:
        row = {"trace_id": trace, "span_id": f"{trace}{span}", "service": service, "operation": operation}
        above = f"{trace}{parent}" if parent else None
        times = {"start_unix_nano": at, "duration_ns": int(ms * MS)}
        self.spans.append({**row, "parent_span_id": above, "pod": f"{service}-1", **times})

    def _scrape(self, moment: int, own: dict[str, float], slow: dict[str, float]) -> None:
        for service in own:
            row = {"timestamp": float(moment), "service": service, "pod": f"{service}-1"}
            busy = 20 + self.random.normal(0, 1) + 60 * bool(slow.get(service))
            self.points.append({**row, "metric": "cpu_pct", "value": busy})
            self.points.append({**row, "metric": "memory_pct", "value": 50 + self.random.normal(0, 1)})

    def write(self, folder: Path) -> None:
        """Write traces.parquet and metrics.parquet."""
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_pylist(self.spans), folder / "traces.parquet")
        pq.write_table(pa.Table.from_pylist(self.points), folder / "metrics.parquet")


def write_case(root: Path, name: str, start: int, slow: dict[str, float], wire: dict[str, float]) -> None:
    """Write one case: a minute as usual, then two minutes with the fault."""
    recorder = Recorder(start)
    recorder.run(start, 60, {}, {})
    recorder.run(start + 60, 120, slow, wire)
    folder = root / "tiny" / "cases" / name
    recorder.write(folder)
    incident = {
        "case_id": name,
        "system": "shop",
        "description": "the shop is slow",
        "normal_window_unix": [start, start + 60],
        "fault_window_unix": [start + 60, start + 180],
        "baseline": "baseline/shop-day",
    }
    (folder / "incident.json").write_text(json.dumps(incident))


def write_truth(root: Path, name: str, service: str, fault_type: str) -> None:
    """Write the answer to one case."""
    path = root / "ground_truth" / "tiny" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"case_id": name, "root_cause_service": service, "fault_type": fault_type}))


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the set `tiny`: two clear faults and one case where nothing is wrong."""
    root = tmp_path_factory.mktemp("data")
    recorder = Recorder(1)
    recorder.run(DAY, 600, {}, {})
    recorder.write(root / "tiny" / "baseline" / "shop-day")
    (root / "tiny" / "graph").mkdir()
    edges = [[caller, callee, 600] for caller, callee in EDGES]
    (root / "tiny" / "graph" / "shop.json").write_text(json.dumps({"system": "shop", "edges": edges}))
    write_case(root, "bank-slow", DAY + 1_000, {"bank": 80.0}, {})
    write_case(root, "cart-far", DAY + 2_000, {}, {"cart": 90.0})
    write_case(root, "quiet", DAY + 3_000, {}, {})
    write_truth(root, "bank-slow", "bank", "slow_code")
    write_truth(root, "cart-far", "cart", "network_delay")
    write_truth(root, "quiet", "pay", "gremlins")
    return root
