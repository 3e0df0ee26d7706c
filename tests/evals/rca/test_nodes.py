"""Node metrics in PetShop's layout become incident folders that the same investigation reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evals.rca.case import ViewOptions
from evals.rca.cases import list_sets, read_cases
from evals.rca.evaluate import Plan, evaluate
from evals.rca.nodes import scrape_interval, write_graph
from tools.config import Settings
from tools.errors import FolderError, FormatError
from tools.incident import open_folder
from tools.store.open import read_graph

STEP, START = 300, 1_700_000_000
ALERT = START + 250 * STEP + 20
NODES = ("web", "search", "table")


def points(times: range, slow: dict[str, float], seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    rows = []
    for time in times:
        for node in NODES:
            row = {"timestamp": time, "node": node}
            late = slow.get(node, 0.0) if ALERT - STEP / 2 <= time < ALERT + 2 * STEP else 0.0
            latency = 0.1 * random.lognormal(0, 0.05) + late
            rows += [{**row, "metric": "latency", "statistic": "Average", "value": latency}]
            rows += [{**row, "metric": "requests", "statistic": "Sum", "value": random.normal(100, 5)}]
    return pa.Table.from_pylist(rows)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenarios with one case each; only the first has normal metrics."""
    root = tmp_path_factory.mktemp("nodes")
    for seed, scenario in enumerate(("busy", "calm")):
        folder = root / "shop" / scenario
        case = folder / "cases" / f"{scenario}-0"
        case.mkdir(parents=True)
        (folder / "graph.csv").write_text(",web,search,table\nweb,0,1.0,0\nsearch,0.0,0,1\ntable,0,0,0\n")
        around = range(ALERT - 20 - 2 * STEP, ALERT + 3 * STEP, STEP)
        pq.write_table(points(around, {"search": 2.0, "web": 1.9}, seed), case / "metrics.parquet")
        target = {"node": "web", "metric": "latency", "agg": "Average", "timestamp": ALERT}
        (case / "incident.json").write_text(json.dumps({"case_id": case.name, "target": target}))
        truth = root / "ground_truth" / "shop" / f"{scenario}-0.json"
        truth.parent.mkdir(parents=True, exist_ok=True)
        truth.write_text(json.dumps({"root_cause": {"node": "search", "metric": None}}))
    pq.write_table(points(range(START, START + 200 * STEP, STEP), {}, 9), root / "shop" / "busy" / "normal.parquet")
    return root


def test_scenarios_stand_for_systems(nodes: Path) -> None:
    assert list_sets(nodes) == ["shop"]
    assert [(c.id, c.system) for c in read_cases(nodes)] == [("busy-0", "busy"), ("calm-0", "calm")]


def test_view_has_services_graph_and_windows_around_the_alert(nodes: Path, tmp_path: Path) -> None:
    (case,) = read_cases(nodes, only=["busy-0"])
    view = case.view(ViewOptions(), tmp_path / "view")
    table = pq.read_table(view / "metrics.parquet")
    assert set(table["service"].to_pylist()) == set(NODES)
    assert set(table["metric"].to_pylist()) == {"latency_average", "requests_sum"}
    calls = [(call.caller, call.callee) for call in read_graph(view / "topology.json")]
    assert calls == [("web", "search"), ("search", "table")]
    seen = open_folder(view)
    assert (seen.file.service, seen.file.metric) == ("web", "latency_average")
    assert seen.file.fault_window_unix == pytest.approx((ALERT - STEP / 2, ALERT + 2 * STEP))
    assert set(seen.baseline) == {"metrics"}


def test_without_normal_metrics_the_earlier_points_are_the_baseline(nodes: Path, tmp_path: Path) -> None:
    (case,) = read_cases(nodes, only=["calm-0"])
    seen = open_folder(case.view(ViewOptions(), tmp_path / "view"))
    assert seen.baseline == {}
    assert seen.file.normal_window_unix == pytest.approx((ALERT - 20 - 2 * STEP, ALERT - STEP / 2))


def test_same_command_runs_peers_and_healthy_windows(nodes: Path, tmp_path: Path) -> None:
    plan = Plan(nodes, tmp_path, Settings(), methods=["whydown", "zscore", "pagerank"], healthy=True)
    rows = evaluate(plan)
    assert not [row.error for row in rows if row.error]
    ranks = {(row.method, row.id): row.rank for row in rows if row.window == "fault"}
    assert ranks["pagerank", "busy-0"] == 1
    assert ranks["zscore", "busy-0"] in (1, 2)
    quiet = [row for row in rows if row.window == "healthy"]
    assert len(quiet) == 10
    assert {(row.method, row.system, row.verdict) for row in quiet} == {("whydown", "busy", "healthy")}


def test_without_metrics_there_is_nothing(nodes: Path, tmp_path: Path) -> None:
    (case,) = read_cases(nodes, only=["busy-0"])
    with pytest.raises(FolderError, match="only metrics"):
        case.view(ViewOptions(drop=frozenset({"metrics"})), tmp_path / "view")


@pytest.mark.parametrize("text", ["", ",a,b\na,0\n", ",a\na,many\n"])
def test_malformed_graph_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "graph.csv").write_text(text)
    with pytest.raises(FormatError, match="not an adjacency matrix"):
        write_graph(tmp_path / "graph.csv", tmp_path / "topology.json")


def test_alert_without_target_is_named(nodes: Path, tmp_path: Path) -> None:
    (case,) = read_cases(nodes, only=["busy-0"])
    broken = tmp_path / "data" / "shop" / "busy" / "cases" / "x"
    broken.mkdir(parents=True)
    (broken / "incident.json").write_text("{}")
    (case,) = read_cases(tmp_path / "data")
    with pytest.raises(FormatError, match="names no target"):
        case.view(ViewOptions(), tmp_path / "view")


def test_interval_is_the_median_gap() -> None:
    assert scrape_interval([0.0, 300.0, 600.0, 1_500.0]) == 300.0
    assert scrape_interval([5.0]) == 60.0
