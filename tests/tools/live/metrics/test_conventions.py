from __future__ import annotations

import pytest

from tools.live.metrics.conventions import Conventions, Identity, workload


def identify(metric: str, **labels: str) -> Identity:
    return Conventions().identify(metric, labels)


@pytest.mark.parametrize(
    ("metric", "labels", "service"),
    [
        ("http_requests_total", {"job": "checkout", "instance": "a"}, "checkout"),
        ("http_requests_total", {"job": "shop/checkout"}, "checkout"),
        ("http_requests_total", {"job": "otel-collector", "service_name": "checkout"}, "checkout"),
        ("http_requests_total", {"job": "otel-collector", "exported_job": "shop/checkout"}, "checkout"),
        ("http_requests_total", {"job": "podmonitor", "app_kubernetes_io_name": "checkout"}, "checkout"),
        ("http_requests_total", {"job": "x", "service": "checkout", "container": "app"}, "checkout"),
        ("up", {"service_name": "unknown_service", "job": "pay"}, "pay"),
        (
            "container_cpu_usage_seconds_total",
            {"job": "kubelet", "service": "kubelet", "container": "checkout", "pod": "checkout-7d9f8b6c5d-x2k4j"},
            "checkout",
        ),
        (
            "container_network_receive_bytes_total",
            {"job": "kubelet", "container": "POD", "pod": "checkout-7d9f8b6c5d-x2k4j"},
            "checkout",
        ),
        (
            "kube_pod_container_status_restarts_total",
            {"job": "kube-state-metrics", "app": "kube-state-metrics", "pod": "redis-0"},
            "redis",
        ),
        ("kube_deployment_status_replicas", {"job": "ksm", "deployment": "checkout"}, "checkout"),
        ("kube_node_status_condition", {"job": "ksm", "node": "node-3"}, "node-3"),
        ("istio_requests_total", {"app": "front", "destination_workload": "checkout"}, "checkout"),
        ("node_load1", {"job": "node-exporter", "instance": "10.0.0.7:9100"}, "10.0.0.7"),
        ("something", {}, ""),
    ],
)
def test_whom_a_series_speaks_of(metric: str, labels: dict[str, str], service: str) -> None:
    assert identify(metric, **labels).service == service


def test_instance_callee_and_attributes() -> None:
    whom = identify(
        "http_client_request_duration_seconds",
        job="cart",
        instance="cart-1",
        server_address="inventory.shop.svc.cluster.local:8080",
        http_request_method="GET",
        namespace="shop",
    )
    assert (whom.service, whom.pod, whom.peer) == ("cart", "cart-1", "inventory")
    expected = "{http_request_method=GET, server_address=inventory.shop.svc.cluster.local:8080}"
    assert whom.attributes == expected


def test_labels_of_ones_own_go_first() -> None:
    own = Conventions(service=("team_app", "job"), pod=("vm",), peer=())
    whom = own.identify("x", {"team_app": "cart", "job": "y", "vm": "v1", "server_address": "z"})
    assert (whom.service, whom.pod, whom.peer) == ("cart", "v1", "")


@pytest.mark.parametrize(
    ("pod", "name"),
    [
        ("checkout-7d9f8b6c5d-x2k4j", "checkout"),
        ("cart-service-5b8f9-abcde", "cart-service-5b8f9"),
        ("redis-0", "redis"),
        ("agent-x2k4j", "agent"),
        ("plain", "plain"),
    ],
)
def test_the_workload_of_a_pod(pod: str, name: str) -> None:
    assert workload(pod) == name
