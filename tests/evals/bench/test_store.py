"""The generated store: seeded, whole traces that add up, a fault where it was planted."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from evals.bench.store import PART_SECONDS, START, Shape, write_store
from evals.bench.world import SERVICES, build_world
from tools.config import StoreSettings
from tools.incident import open_folder
from tools.store.open import open_telemetry
from tools.window import NS, Scope

SHAPE = Shape(20_000)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "store"
    assert write_store(folder, SHAPE) == build_world(SHAPE.seed).culprit()
    return folder


def test_a_store_grows_in_time_and_holds_both_windows() -> None:
    assert Shape(1).seconds == Shape(1_000_000).seconds == 4_800
    assert Shape(10_000_000).seconds == 5 * 3600
    assert Shape(1).scrape_seconds == 60
    assert 5 * 3600 / Shape(10_000_000).scrape_seconds * 1_440 == pytest.approx(2_000_000, rel=0.05)
    for shape in (Shape(1), Shape(10_000_000)):
        assert shape.baseline.start_ns >= START * NS
        assert shape.baseline.end_ns == shape.incident.start_ns
        assert shape.incident.end_ns == (START + shape.seconds - PART_SECONDS) * NS
        assert (shape.baseline.seconds, shape.incident.seconds) == (3600, 600)


def test_a_world_is_the_same_for_a_seed() -> None:
    assert build_world(3) == build_world(3) != build_world(4)
    world = build_world(1)
    assert len(set(world.services)) == SERVICES
    assert all(node.parent < index for tree in world.trees for index, node in enumerate(tree))
    assert all(tree[0].parent == -1 for tree in world.trees)


def test_parts_hold_what_was_asked_for(store: Path) -> None:
    for signal, rows in (("traces", 20_000), ("logs", 10_000), ("metrics", 80 * 1_440)):
        parts = sorted((store / signal).glob("*.parquet"))
        assert len(parts) == SHAPE.seconds / PART_SECONDS
        (count,) = duckdb.execute(f"SELECT count(*) FROM '{store}/{signal}/*.parquet'").fetchone() or (0,)
        assert count == pytest.approx(rows, rel=0.15)


def test_the_same_seed_writes_the_same_rows(store: Path, tmp_path: Path) -> None:
    write_store(tmp_path / "again", SHAPE)
    for signal in ("traces", "logs", "metrics"):
        name = f"{signal}/00003.parquet"
        assert duckdb.execute(f"(FROM '{store}/{name}' EXCEPT FROM '{tmp_path}/again/{name}')").fetchall() == []


def test_spans_add_up_and_nothing_is_odd(store: Path) -> None:
    source = open_telemetry(open_folder(store), StoreSettings()).traces
    assert source is not None
    scope = Scope.of(SHAPE.incident, [SHAPE.baseline])
    operations, edges = source.operations(scope), source.edges(scope)
    assert source.degradations() == []
    spent = sum(o.own.baseline.mean * o.own.baseline.n for o in operations if o.own.baseline.n)
    spent += sum(e.gap.baseline.mean * e.gap.baseline.n for e in edges if e.gap.baseline.n)
    whole = sum(e.duration.baseline.mean * e.duration.baseline.n for e in source.entries(scope))
    assert spent == pytest.approx(whole, rel=0.02), "but for requests cut by the window's edges"


def test_the_fault_is_where_it_was_planted(store: Path) -> None:
    culprit = build_world(SHAPE.seed).culprit()
    telemetry = open_telemetry(open_folder(store), StoreSettings())
    scope = Scope.of(SHAPE.incident, [SHAPE.baseline])
    assert telemetry.traces is not None
    assert telemetry.logs is not None
    assert telemetry.metrics is not None
    operations = [o for o in telemetry.traces.operations(scope) if o.own.incident.n and o.own.baseline.n]
    risen = max(operations, key=lambda o: o.own.incident.p50 - o.own.baseline.p50)
    assert risen.service == culprit
    assert risen.own.incident.p50 - risen.own.baseline.p50 == pytest.approx(60e6, rel=0.1)
    new = [line for line in telemetry.logs.lines(scope) if not line.n.baseline]
    assert {line.service for line in new} == {culprit}
    cpu = [s for s in telemetry.metrics.series(scope) if s.metric == "cpu_pct"]
    hot = {s.service for s in cpu if s.values.incident.mean() - s.values.baseline.mean() > 30}
    assert hot == {culprit}
