"""Who calls whom, and what stands behind an address."""

import pytest

from agent.ranking.neighbours import Neighbours, is_address
from tests.agent.ranking.builders import GRAPH
from tools.sources.rows import Call


def test_callers_and_callees() -> None:
    graph = Neighbours([*GRAPH, Call("shop", "shop", 3)])
    assert set(graph.callers("store")) == {"shop", "admin"}
    assert set(graph.callees("shop")) == {"store"}
    assert set(graph.edges()) == {("gateway", "shop"), ("shop", "store"), ("admin", "store")}
    assert list(graph.callers("nobody")) == list(graph.callees("nobody")) == []


def test_off_the_path_only_where_the_path_is_known() -> None:
    assert Neighbours(GRAPH).off_path("batch")
    assert not Neighbours(GRAPH).off_path("store")
    assert not Neighbours([]).off_path("batch")


def test_an_edge_has_the_direction_of_the_graph() -> None:
    graph = Neighbours(GRAPH)
    assert graph.direction("shop", "store") == graph.direction("store", "shop") == ("shop", "store")
    assert graph.direction("batch", "store") == ("store", "batch")


def test_behind_an_address_stands_what_its_caller_calls_besides() -> None:
    graph = Neighbours([Call("front", "lb.example.com", 5), Call("front", "search", 5), Call("front", "10.0.0.7", 5)])
    assert graph.below("lb.example.com") == graph.below("10.0.0.7") == {"search"}
    assert graph.below("search") == set()


@pytest.mark.parametrize("name", ["db.internal.example.org", "https://queue.example.com/jobs", "10.0.0.7", "a@db.io:1"])
def test_host_names_and_ip_addresses_are_addresses(name: str) -> None:
    assert is_address(name)


@pytest.mark.parametrize("name", ["checkout", "shop-web_client", "AWS::Lambda", "orders v1.2", "queue.worker.1"])
def test_names_of_services_are_none(name: str) -> None:
    assert not is_address(name)
