"""Collecting evidence into features per component."""

import pytest

from agent.ranking.collect import component_features
from agent.ranking.features import NAMES, Features, saturate
from tests.agent.ranking.builders import GRAPH, found, metric
from tools.evidence import Evidence, EvidenceKind
from tools.sources.rows import Call


def test_a_slow_edge_speaks_of_both_ends() -> None:
    edge = found(EvidenceKind.LATENCY_EDGE, 40, 0.5, service="shop", peer="store")
    features = component_features([edge], GRAPH)
    size = saturate(40) * 0.5**0.5
    assert features["shop"].wire_out == pytest.approx(size)  # the one call that it makes
    assert features["store"].wire_in == pytest.approx(size / 2)  # admin reaches it as before


def test_faster_is_no_sign_of_a_fault() -> None:
    faster = found(EvidenceKind.LATENCY_SELF, -40, -0.5, service="shop")
    assert component_features([faster], GRAPH).get("shop", Features()).vector() == [0.0] * len(NAMES)


@pytest.mark.parametrize(
    "kind", [EvidenceKind.CALLS_VANISHED, EvidenceKind.LOG_GONE, EvidenceKind.LOG_NEW, EvidenceKind.ERRORS_ORIGIN]
)
def test_what_a_component_does_counts_whichever_signal_shows_it(kind: EvidenceKind) -> None:
    assert component_features([found(kind, 9, service="shop")], GRAPH)["shop"].behaviour == saturate(9)


def test_who_fails_because_of_a_call_behaves_oddly_for_that_reason() -> None:
    evidence = [
        found(EvidenceKind.ERRORS_ORIGIN, 9, service="store"),
        found(EvidenceKind.ERRORS_PROPAGATED, 9, service="shop"),
        found(EvidenceKind.LOG_NEW, 9.5, service="shop"),
        found(EvidenceKind.ERRORS_PROPAGATED, 9, service="gateway"),
        found(EvidenceKind.CALLS_VANISHED, -9, service="gateway"),
    ]
    features = component_features(evidence, GRAPH)
    assert features["store"].behaviour == saturate(9)
    assert features["shop"].behaviour == pytest.approx(saturate(9.5) - saturate(9))
    assert features["gateway"].behaviour == 0.0


def test_a_store_at_which_everybody_fails_is_at_fault() -> None:
    graph = [Call("shop", "store", 9), Call("cart", "store", 9), Call("cart", "bank", 9), Call("shop", "bank", 9)]
    failing = [found(EvidenceKind.ERRORS_ORIGIN, 9, service=name, peer="store") for name in ("shop", "cart")]
    features = component_features([*failing, found(EvidenceKind.LOG_NEW, 9, service="cart")], graph)
    assert features["store"].behaviour == saturate(9)
    assert features["shop"].behaviour == features["cart"].behaviour == 0.0


def test_a_client_of_a_store_that_others_reach_is_at_fault_itself() -> None:
    graph = [Call(name, "store", 9) for name in ("shop", "cart", "admin", "stock")]
    features = component_features([found(EvidenceKind.ERRORS_ORIGIN, 9, service="shop", peer="store")], graph)
    assert features["shop"].behaviour > 2 * features["store"].behaviour


def test_the_ends_of_a_metrics_edge_are_told_by_the_call_graph() -> None:
    waits = metric(40, "shop", "http.client.request.duration", peer="store")
    features = component_features([waits], [Call("shop", "store", 9)])
    assert features["store"].wire_in == saturate(40)
    served = component_features(
        [waits, metric(40, "store", "http.server.request.duration")], [Call("shop", "store", 9)]
    )
    assert served["store"].wire_in == 0.0
    assert served["store"].symptom == saturate(40)


def test_time_lost_below_is_noted_above() -> None:
    below = found(EvidenceKind.LATENCY_SELF, 20, 0.9, service="store")
    above = found(EvidenceKind.LATENCY_SELF, 5, 0.1, service="shop")
    features = component_features([below, above], GRAPH)
    assert features["shop"].downstream == features["store"].own_time > 0
    assert features["store"].downstream == 0.0


def test_a_latency_metric_counts_only_beyond_what_is_below_and_only_without_spans() -> None:
    metrics = [metric(30, "shop", "request_latency_p90"), metric(30, "store", "request_latency_p90")]
    untraced = component_features(metrics, GRAPH)
    assert untraced["store"].symptom == saturate(30)
    assert untraced["shop"].symptom == 0.0
    assert component_features(metrics, GRAPH, {"store"})["store"].symptom == 0.0


def test_a_component_that_few_requests_pass_explains_little() -> None:
    rare = metric(30, "store", "request_latency_p90", share=0.01)
    assert component_features([rare], GRAPH)["store"].symptom == pytest.approx(saturate(30) * 0.1)


def test_what_only_the_client_end_of_an_edge_sees_is_lost_on_the_wire() -> None:
    client = metric(40, "store", "edge_latency_client", peer="shop")
    features = component_features([client], [Call("shop", "store", 5)])
    assert features["store"].wire_in == saturate(40)
    assert features["store"].symptom == 0.0
    both = component_features([client, metric(40, "store", "edge_latency_server", peer="shop")], GRAPH)
    assert both["store"].symptom == saturate(40)
    assert both["store"].wire_in == 0.0


def test_waiting_for_others_is_not_a_components_own_latency() -> None:
    waits = metric(40, "shop", "http.client.request.duration")
    assert component_features([waits], GRAPH).get("shop", Features()).symptom == 0.0
    serves = metric(40, "shop", "http.server.request.duration")
    assert component_features([serves], GRAPH)["shop"].symptom == saturate(40)


def test_more_calls_without_more_requests_are_the_callers_doing() -> None:
    calls = metric(20, "store", "requests_count")
    features = component_features([calls, metric(20, "store", "request_latency_p90")], GRAPH)
    assert features["shop"].traffic > 0
    assert features["store"].symptom == 0.0
    busier = component_features([calls, metric(20, "shop", "requests_count")], [Call("shop", "store", 9)])
    assert busier.get("shop", Features()).traffic == 0.0


def test_a_traced_caller_is_told_by_its_spans() -> None:
    calls = metric(20, "store", "requests_count")
    assert component_features([calls], [Call("shop", "store", 9)], {"shop"}).get("shop", Features()).traffic == 0.0


def test_an_address_is_explained_by_what_its_caller_calls_besides() -> None:
    graph = [Call("front", "lb-1.eu.example.com", 5), Call("front", "search", 5)]
    slow = [metric(30, "lb-1.eu.example.com", "latency_p90"), metric(30, "search", "latency_p90")]
    features = component_features(slow, graph)
    assert features["search"].symptom == saturate(30)
    assert features["lb-1.eu.example.com"].symptom == 0.0
    alone = component_features(slow[:1], graph)
    assert alone["lb-1.eu.example.com"].symptom == saturate(30)


@pytest.mark.parametrize(
    ("name", "effect", "feature"),
    [
        ("process.cpu.utilization", 9, "resource"),
        ("memory_usage_mib", 9, "resource"),
        ("db.client.connections.idle", -9, "resource"),
        ("process.cpu.utilization", -9, ""),
        ("node_cpu_usage", 9, ""),
        ("http.server.errors", 9, "symptom"),
    ],
)
def test_metrics_count_by_what_they_measure_and_where_they_move(name: str, effect: float, feature: str) -> None:
    features = component_features([metric(effect, "shop", name)], []).get("shop", Features())
    expected = {feature: saturate(effect)} if feature else {}
    assert features.vector() == [expected.get(known, 0.0) for known in NAMES]


def test_off_the_path_needs_a_known_graph() -> None:
    idle = metric(9, "idle", "cpu")
    assert component_features([idle], GRAPH)["idle"].off_path == 1.0
    assert component_features([idle], [])["idle"].off_path == 0.0


def in_pod(item: Evidence) -> Evidence:
    return item.model_copy(update={"subject": item.subject.model_copy(update={"pod": "a-1"})})


def test_what_shows_only_how_others_fare_is_no_suspect() -> None:
    """A probe, or the sum over all users: off the path where calls are known, in no pod where others are in pods."""
    probe, shop = metric(50, "probe", "latency_p99"), in_pod(metric(9, "shop", "latency_p99"))
    store = in_pod(metric(9, "store", "cpu_usage"))
    for graph in (GRAPH, []):
        found = component_features([probe, shop, store], graph)
        assert found["probe"].symptom == 0
        assert found["store"].resource > 0
    assert component_features([probe, shop], [])["shop"].symptom > 0


def test_where_nobody_runs_in_pods_everyone_is_a_suspect() -> None:
    found = component_features([metric(50, "a", "latency_p99"), metric(40, "b", "latency_p99")], [])
    assert found["a"].symptom > found["b"].symptom > 0


def test_a_clock_that_went_wrong_is_something_the_component_does() -> None:
    assert component_features([found(EvidenceKind.CLOCK, 9, service="shop")], GRAPH)["shop"].behaviour == saturate(9)
