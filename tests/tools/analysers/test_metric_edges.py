"""Who calls whom, by metrics of edges."""

from dataclasses import replace

from tests.tools.analysers.series import series
from tools.analysers.metric_edges import edges_of
from tools.sources.rows import Call, MetricSeries


def edge(service: str, peer: str, metric: str) -> MetricSeries:
    return replace(series([1.0], [1.0], metric, service), peer=peer)


def test_who_measures_as_a_client_is_the_caller() -> None:
    assert edges_of([edge("shop", "bank", "http.client.request.duration")]) == [Call("shop", "bank", 1)]


def test_who_has_both_sides_is_the_callee() -> None:
    mesh = [edge("bank", "shop", "edge_latency_client_s"), edge("bank", "shop", "edge_latency_server_s")]
    assert edges_of(mesh) == [Call("shop", "bank", 1)]


def test_who_tells_no_side_is_the_callee() -> None:
    assert edges_of([edge("bank", "shop", "requests_total")]) == [Call("shop", "bank", 1)]


def test_edges_are_listed_once_and_not_to_oneself() -> None:
    found = [edge("b", "a", "rps"), edge("a", "b", "grpc.client.duration"), edge("c", "c", "rps"), series([1.0], [1.0])]
    assert edges_of(found) == [Call("a", "b", 1)]
