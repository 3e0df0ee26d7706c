"""What OpenTelemetry's semantic conventions say: who sent it, whom it called, what a number stands for.

Old and new attribute names are both read: instrumentation emits either for years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

UNKNOWN_SERVICE = "unknown_service"
"""The name that the specification gives to a process without one."""
KINDS = ("", "internal", "server", "client", "producer", "consumer")
"""Span kind by its number."""
STATUSES = ("UNSET", "OK", "ERROR")
"""Span status by its number."""
TEMPORALITIES = ("", "delta", "cumulative")
"""Aggregation temporality by its number."""

_SERVICE = (
    "service.name",
    "k8s.deployment.name",
    "k8s.statefulset.name",
    "k8s.daemonset.name",
    "k8s.cronjob.name",
    "k8s.job.name",
    "k8s.container.name",
    "container.name",
)
POD = ("k8s.pod.name", "service.instance.id", "host.name")
"""Resource attributes that name the pod, best first."""
NODE = ("k8s.node.name", "host.name")
"""Resource attributes that name the machine, best first."""
PEER = (
    "peer.service",
    "service.peer.name",
    "db.system.name",
    "db.system",
    "messaging.system",
    "server.address",
    "net.peer.name",
    "network.peer.address",
    "net.peer.ip",
)
"""Attributes of a client span that name whom it calls, best first."""
PORT = ("server.port", "net.peer.port", "network.peer.port")
"""Attributes that hold the callee's port."""
URL = ("url.full", "http.url")
"""Attributes that hold a whole address."""
LOOPBACK = ("localhost", "127.", "::1", "[::1]")
"""How the names of the own machine begin."""
_ASGI_SUFFIXES = (" http send", " http receive", " websocket send", " websocket receive")
SEVERITIES = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
"""Severity by a quarter of its number."""


@dataclass(frozen=True, slots=True)
class Resource:
    """Who sent a batch of telemetry. `node` stands in for the service where a metric has none."""

    service: str
    pod: str | None
    node: str | None
    attributes: dict[str, str]

    @classmethod
    def of(cls, attributes: dict[str, str]) -> Resource:
        """Name the sender from its resource attributes; without service.name, the workload names it."""
        return cls(
            service=_first(attributes, _SERVICE) or UNKNOWN_SERVICE,
            pod=_first(attributes, POD),
            node=_first(attributes, NODE),
            attributes=attributes,
        )

    @property
    def metric_subject(self) -> str:
        """Return whom a metric is about: the service, or the node where there is no service."""
        return self.node if self.service == UNKNOWN_SERVICE and self.node else self.service


def peer_of(attributes: Mapping[str, str]) -> str | None:
    """Return whom a client or producer span calls, None when nothing tells.

    An address on loopback gets its port: there, nothing else tells two callees apart.
    """
    name = _first(attributes, PEER)
    if name is None:
        return _host_of(_first(attributes, URL))
    port = _first(attributes, PORT) if name.startswith(LOOPBACK) else None
    return f"{name}:{port}" if port else name


def _host_of(url: str | None) -> str | None:
    if url is None:
        return None
    authority = url.partition("://")[2].partition("/")[0]
    return _host_of_authority(authority)


@lru_cache(maxsize=4_096)
def _host_of_authority(authority: str) -> str | None:
    try:
        parts = urlsplit(f"//{authority}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if host and port and host.startswith(LOOPBACK):
        return f"{host}:{port}"
    return host or None


def is_asgi_noise(name: str, kind: int) -> bool:
    """Tell whether a span is one of ASGI's per-message spans, which only double the volume."""
    return kind <= 1 and name.endswith(_ASGI_SUFFIXES)


def severity_of(number: int) -> str | None:
    """Return the short name of a severity number (1-24, four steps each), None when out of range."""
    return SEVERITIES[(number - 1) // 4] if 1 <= number <= 24 else None


def _first(attributes: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = attributes.get(name)
        if value:
            return value
    return None
