"""Semantic conventions: who sent it, whom it called; old and new attribute names."""

import pytest

from tools.otlp.decode.conventions import Resource, is_asgi_noise, peer_of, severity_of


@pytest.mark.parametrize(
    ("attributes", "peer"),
    [
        ({"peer.service": "billing", "db.system": "redis"}, "billing"),
        ({"db.system.name": "postgresql", "db.system": "other_sql"}, "postgresql"),
        ({"db.system": "redis", "net.peer.name": "cache.internal"}, "redis"),
        ({"messaging.system": "kafka", "server.address": "broker-1"}, "kafka"),
        ({"server.address": "api.example.com", "server.port": "443"}, "api.example.com"),
        ({"net.peer.name": "old.example.com", "net.peer.port": "80"}, "old.example.com"),
        ({"net.peer.ip": "10.0.0.7"}, "10.0.0.7"),
        ({"url.full": "https://user:secret@pay.example.com:8443/charge?x=1"}, "pay.example.com"),
        ({"http.url": "http://catalog/items"}, "catalog"),
        ({"http.url": "http://[::1"}, None),
        ({"http.url": "/relative"}, None),
        ({"http.method": "GET"}, None),
        ({"peer.service": ""}, None),
    ],
)
def test_peer_is_the_most_telling_attribute(attributes: dict[str, str], peer: str | None) -> None:
    assert peer_of(attributes) == peer


@pytest.mark.parametrize(
    ("attributes", "peer"),
    [
        ({"server.address": "127.0.0.1", "server.port": "8001"}, "127.0.0.1:8001"),
        ({"net.peer.name": "localhost", "net.peer.port": "8002"}, "localhost:8002"),
        ({"http.url": "http://127.0.0.1:8003/x"}, "127.0.0.1:8003"),
        ({"server.address": "localhost"}, "localhost"),
    ],
)
def test_on_loopback_the_port_tells_callees_apart(attributes: dict[str, str], peer: str) -> None:
    assert peer_of(attributes) == peer


def test_pod_prefers_kubernetes_then_instance_then_host() -> None:
    everything = {"host.name": "vm-1", "service.instance.id": "i-1", "k8s.pod.name": "shop-1"}
    assert Resource.of(everything).pod == "shop-1"
    del everything["k8s.pod.name"]
    assert Resource.of(everything).pod == "i-1"
    del everything["service.instance.id"]
    assert Resource.of(everything).pod == "vm-1"
    assert Resource.of({}).pod is None


def test_service_without_a_name_is_its_workload() -> None:
    assert Resource.of({"service.name": "shop", "k8s.deployment.name": "d"}).service == "shop"
    assert Resource.of({"k8s.deployment.name": "shop-web"}).service == "shop-web"
    assert Resource.of({}).service == "unknown_service"


def test_a_metric_without_a_service_is_about_its_node() -> None:
    assert Resource.of({"k8s.node.name": "node-1"}).metric_subject == "node-1"
    assert Resource.of({"service.name": "shop", "k8s.node.name": "node-1"}).metric_subject == "shop"
    assert Resource.of({}).metric_subject == "unknown_service"


@pytest.mark.parametrize(
    ("name", "kind", "noise"),
    [
        ("GET /items http send", 1, True),
        ("GET /items http receive", 1, True),
        ("/ws websocket send", 1, True),
        ("GET /items", 1, False),
        ("GET /items http send", 3, False),
        ("resend", 1, False),
    ],
)
def test_only_internal_per_message_spans_are_noise(name: str, kind: int, noise: bool) -> None:
    assert is_asgi_noise(name, kind) is noise


def test_severity_numbers_have_four_steps_a_level() -> None:
    assert [severity_of(number) for number in (1, 4, 5, 9, 13, 16, 17, 20, 21, 24)] == [
        *("TRACE", "TRACE", "DEBUG", "INFO", "WARN", "WARN", "ERROR", "ERROR", "FATAL", "FATAL")
    ]
    assert severity_of(0) is None
    assert severity_of(25) is None
