"""Whom a series speaks of, told from its labels by the conventions of OpenTelemetry, Kubernetes and exporters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SERVICE_LABELS = (
    "service_name",
    "k8s_deployment_name",
    "app_kubernetes_io_name",
    "app",
    "service",
    "deployment",
    "statefulset",
    "daemonset",
    "container",
    "exported_job",
    "job",
)
"""Labels that name a service, the most telling first. `job` is `namespace/name` where OpenTelemetry writes it."""
ABOUT_OTHERS = ("k8s_deployment_name", "deployment", "statefulset", "daemonset", "container", "destination_workload")
"""Labels of metrics that one exporter writes about others: its own `app` and `job` name nobody but itself."""
POD_LABELS = ("pod", "k8s_pod_name", "pod_name", "service_instance_id", "exported_instance", "instance")
PEER_LABELS = ("peer_service", "server_address", "destination_service_name")
"""Labels of a client's metrics that name the callee."""
NOISE = frozenset(
    {
        "__name__",
        "namespace",
        "endpoint",
        "prometheus",
        "prometheus_replica",
        "uid",
        "id",
        "image",
        "replica",
        "cluster",
    }
)
"""Labels that say where a series comes from, not what it measures."""
_BY_OTHERS = re.compile(r"(kube|container|istio)_")
_NODE = re.compile(r"node_")
_REPLICA = re.compile(r"^(?P<workload>.+?)(?:(?:-[a-z0-9]{6,10})?-[a-z0-9]{5}|-\d+)$")
_NO_SERVICE = frozenset({"", "POD", "unknown_service"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a series speaks of; `attributes` are the labels that split it further, as `{key=value, …}`."""

    service: str
    pod: str
    peer: str
    attributes: str


@dataclass(frozen=True, slots=True)
class Conventions:
    """Which labels are looked at, in order, and how services are renamed."""

    service: Sequence[str] = SERVICE_LABELS
    pod: Sequence[str] = POD_LABELS
    peer: Sequence[str] = PEER_LABELS

    def identity_labels(self) -> list[str]:
        """Return all labels that say whom a series speaks of, sorted."""
        return sorted({*self.service, *ABOUT_OTHERS, *self.pod, *self.peer, "node"})

    def service_labels(self) -> list[str]:
        """Return all labels that name a service, without those that every instance has of its own."""
        return sorted({*self.service, *ABOUT_OTHERS, "node"})

    def identify(self, metric: str, labels: Mapping[str, str]) -> Identity:
        """Return whom a series speaks of."""
        service = self.service_of(metric, labels)
        pod = next((labels[name] for name in self.pod if labels.get(name)), "")
        peer = next((_host(labels[name]) for name in self.peer if labels.get(name)), "")
        used = {*self.service, *ABOUT_OTHERS, *self.pod, *NOISE}
        rest = {name: value for name, value in labels.items() if name not in used and value}
        return Identity(service, pod, "" if peer == service else peer, attributes_text(rest))

    def service_of(self, metric: str, labels: Mapping[str, str]) -> str:
        """Return the service, workload or node that a series speaks of; empty when its labels do not tell."""
        if _NODE.match(metric):
            return labels.get("node") or _host(labels.get("instance", ""))
        by_others = bool(_BY_OTHERS.match(metric))
        for name in ABOUT_OTHERS if by_others else self.service:
            value = labels.get(name, "")
            if value not in _NO_SERVICE:
                return value.rpartition("/")[2] if name in {"job", "exported_job"} else value
        pod = labels.get("pod", "")
        return workload(pod) if pod else labels.get("node", "")


def workload(pod: str) -> str:
    """Return the workload that a Kubernetes pod belongs to: its name without the parts that replicas differ in."""
    found = _REPLICA.match(pod)
    return found["workload"] if found else pod


def attributes_text(labels: Mapping[str, str]) -> str:
    """Return labels as `{key=value, …}` by key; nothing when there are none."""
    inside = ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))
    return f"{{{inside}}}" if inside else ""


def _host(address: str) -> str:
    """Return the host of an address without port, and of a Kubernetes name the service alone."""
    host = address.rpartition(":")[0] if re.search(r":\d+$", address) else address
    return host.partition(".")[0] if re.search(r"\.svc(\.|$)", host) else host
