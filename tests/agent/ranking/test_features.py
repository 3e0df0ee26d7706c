"""Features: evidence on components as comparable numbers."""

import pytest

from agent.ranking.features import CAP, NAMES, Features, component_features, saturate
from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources.rows import Call

GRAPH = [Call("gateway", "shop", 10), Call("shop", "store", 10), Call("admin", "store", 2)]


def found(kind: EvidenceKind, effect: float, share: float | None = None, **subject: str) -> Evidence:
    about = Subject.model_validate({"kind": "edge" if "peer" in subject else "service", **subject})
    return Evidence(id="E1", kind=kind, subject=about, statement="s", effect=effect, share=share, query="q")


def test_quiet_effects_count_nothing_and_loud_ones_are_capped() -> None:
    assert saturate(1.0) == saturate(-1.0) == 0.0
    assert saturate(-30) == saturate(30) > saturate(10)
    assert saturate(1e9) == CAP


def test_a_slow_edge_speaks_of_both_ends() -> None:
    edge = found(EvidenceKind.LATENCY_EDGE, 40, 0.5, service="shop", peer="store")
    features = component_features([edge], GRAPH)
    assert features["store"].wire_in == features["shop"].wire_out == pytest.approx(saturate(40) * 0.5**0.5)
    assert features["store"].wire_in_breadth == 0.5  # shop of shop and admin
    assert features["shop"].wire_out_breadth == 1.0


def test_faster_is_no_sign_of_a_fault() -> None:
    faster = found(EvidenceKind.LATENCY_SELF, -40, -0.5, service="shop")
    assert component_features([faster], GRAPH).get("shop", Features()).vector() == [0.0] * len(NAMES)


@pytest.mark.parametrize(
    "kind", [EvidenceKind.CALLS_VANISHED, EvidenceKind.LOG_GONE, EvidenceKind.LOG_NEW, EvidenceKind.ERRORS_ORIGIN]
)
def test_what_a_component_does_counts_whichever_signal_shows_it(kind: EvidenceKind) -> None:
    assert component_features([found(kind, 9, service="shop")], GRAPH)["shop"].behaviour == saturate(9)


def test_an_anomaly_below_is_noted_above() -> None:
    below = found(EvidenceKind.LATENCY_SELF, 20, 0.9, service="store")
    above = found(EvidenceKind.LATENCY_SELF, 5, 0.1, service="shop")
    features = component_features([below, above], GRAPH)
    assert features["shop"].downstream == features["store"].own_time > 0
    assert features["store"].downstream == 0.0


def test_a_latency_metric_counts_only_beyond_what_is_below_and_only_without_spans() -> None:
    metrics = [
        found(EvidenceKind.METRIC_SHIFT, 30, service="shop", name="request_latency_p90"),
        found(EvidenceKind.METRIC_SHIFT, 30, service="store", name="request_latency_p90"),
    ]
    untraced = component_features(metrics, GRAPH)
    assert untraced["store"].symptom == saturate(30)
    assert untraced["shop"].symptom == 0.0
    assert component_features(metrics, GRAPH, {"store"})["store"].symptom == 0.0


@pytest.mark.parametrize(
    ("metric", "effect", "feature"),
    [
        ("process.cpu.utilization", 9, "resource"),
        ("memory_usage_mib", 9, "resource"),
        ("db.client.connections.idle", -9, "resource"),
        ("process.cpu.utilization", -9, "metric_other"),
        ("node_cpu_usage", 9, "metric_other"),
        ("http.server.errors", 9, "symptom"),
    ],
)
def test_metrics_count_by_what_they_measure_and_where_they_move(metric: str, effect: float, feature: str) -> None:
    features = component_features([found(EvidenceKind.METRIC_SHIFT, effect, service="shop", name=metric)], [])["shop"]
    assert getattr(features, feature) == saturate(effect)
    assert sum(features.vector()) == saturate(effect)


def test_off_the_path_needs_a_known_graph() -> None:
    idle = found(EvidenceKind.METRIC_SHIFT, 9, service="idle", name="cpu")
    assert component_features([idle], GRAPH)["idle"].off_path == 1.0
    assert component_features([idle], [])["idle"].off_path == 0.0
