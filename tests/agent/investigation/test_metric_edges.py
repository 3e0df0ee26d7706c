"""Without spans and without a topology, metrics of edges tell who calls whom."""

from dataclasses import replace
from pathlib import Path

from agent.investigation import investigate
from agent.investigation.nodes import metric_edges
from agent.schema import Incident, Verdict
from tests.builders import Folder, Point, gauge, window
from tools.config import Settings
from tools.errors import SourceError
from tools.sources import Telemetry
from tools.sources.rows import Call
from tools.window import Scope

SCOPE = Scope.of(window(300, 420), [window(0, 300)])


def edge(callee: str, caller: str, before: float, after: float) -> list[Point]:
    """Return what a mesh measured of one edge: a client's latency that moves, a server's that does not."""
    wave = [1.0, 1.02, 0.98, 1.01, 0.99]
    levels = [before * wave[i % 5] for i in range(30)] + [after * wave[i % 5] for i in range(12)]
    steady = [before / 2 * wave[i % 5] for i in range(42)]
    points = [*gauge(callee, "edge_latency_client_s", levels), *gauge(callee, "edge_latency_server_s", steady)]
    return [replace(point, peer=caller) for point in points]


def slow_network_to_bank(path: Path) -> Folder:
    points = [
        *edge("bank", "checkout", 0.005, 0.4),
        *edge("bank", "refunds", 0.005, 0.4),
        *edge("checkout", "web", 0.05, 0.45),
        *edge("refunds", "web", 0.05, 0.45),
        *edge("stock", "checkout", 0.004, 0.004),
    ]
    return Folder(path).metrics(*points)


def test_the_end_that_explains_more_slow_edges_is_named(tmp_path: Path) -> None:
    folder = slow_network_to_bank(tmp_path / "incident")
    incident = Incident(folder=folder.path, incident_window=SCOPE.incident, baseline_window=SCOPE.baseline[0])
    report = investigate(incident, Settings(runs=tmp_path / "runs"))
    assert (report.verdict, report.hypotheses[0].component) == (Verdict.ROOT_CAUSE, "bank")


def test_calls_are_told_by_metrics_only_where_nothing_tells_better(tmp_path: Path) -> None:
    telemetry = slow_network_to_bank(tmp_path).open()
    assert ["checkout", "bank"] in metric_edges(telemetry, SCOPE)
    assert metric_edges(Telemetry(metrics=telemetry.metrics, graph=[Call("a", "b", 1)]), SCOPE) == []
    assert metric_edges(Telemetry(), SCOPE) == []


def test_a_source_that_fails_tells_nothing() -> None:
    class Dead:
        name = "dead"

        def series(self, scope: Scope) -> list[object]:
            raise SourceError("dead does not answer", "try again")

    assert metric_edges(Telemetry(metrics=Dead()), SCOPE) == []  # type: ignore[arg-type]  # a stand-in for a live one
