"""The plan of the demo system: which processes there are, who calls whom, and on which ports."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from evals.testbed.shop.runtime.settings import InstanceFile

PLAN_FILE = "plan.json"
DETACHED = "--detached"
"""Argument of a keeper that outlives whoever started it."""
POSTGRES, REDIS = "postgresql", "redis"
PORT_RANGE = (20_000, 32_000)
"""Below the range from which the kernel takes ports for outgoing connections."""


class ServiceSpec(BaseModel):
    """One service: its callees (stores included), owner and number of instances."""

    model_config = ConfigDict(frozen=True)

    name: str
    calls: tuple[str, ...] = ()
    owner: str = ""
    instances: int = 1
    version: str = "1.4.0"
    observed: bool = True


SERVICES = (
    ServiceSpec(name="gateway", calls=("catalog", "recommendation", "cart", "checkout"), owner="team-web"),
    ServiceSpec(name="catalog", calls=(POSTGRES, REDIS), owner="team-catalog", version="3.2.1"),
    ServiceSpec(name="cart", calls=(REDIS, "inventory"), owner="team-orders", version="2.0.7"),
    ServiceSpec(
        name="checkout",
        calls=("cart", "catalog", "shipping", "inventory", "payment", "recommendation", POSTGRES, REDIS),
        owner="team-orders",
        version="2.3.0",
    ),
    ServiceSpec(name="payment", calls=("bank", POSTGRES), owner="team-payments", instances=2, version="5.1.2"),
    ServiceSpec(name="inventory", calls=(POSTGRES,), owner="team-warehouse", version="1.9.4"),
    ServiceSpec(name="shipping", owner="team-warehouse", version="1.2.0"),
    ServiceSpec(name="recommendation", calls=("catalog", REDIS), version="0.8.3"),
    ServiceSpec(name="notification", calls=(POSTGRES, REDIS), owner="team-orders", version="1.0.5"),
    ServiceSpec(name="bank", observed=False),
)
"""Recommendation has no owner attribute, as happens."""


class Link(BaseModel):
    """A network path from a service to one instance of another, through a port of the mesh."""

    model_config = ConfigDict(frozen=True)

    caller: str
    callee: str
    port: int
    target: int


class Plan(BaseModel):
    """Everything that has to be known to start the system; fixed for its life."""

    model_config = ConfigDict(frozen=True)

    folder: Path
    otlp_endpoint: str = ""
    collect_into: Path | None = None
    """Where a collector of the system's own writes what is sent to the endpoint; None: someone else collects."""
    instances: list[InstanceFile]
    links: list[Link]
    postgres_port: int
    redis_port: int
    passwords: dict[str, str] = Field(default_factory=dict)

    def instances_of(self, service: str) -> list[InstanceFile]:
        """Return the instances of a service."""
        return [instance for instance in self.instances if instance.service == service]

    @property
    def gateway_port(self) -> int:
        """Return the port that customers come to."""
        return self.instances_of("gateway")[0].port

    def control_socket(self) -> Path:
        """Return the socket on which the keeper takes orders."""
        return self.folder / "control.sock"


def make_plan(folder: Path, telemetry: Path | str, rng: random.Random) -> Plan:
    """Choose ports and lay the system out.

    Args:
        folder: the run folder.
        telemetry: where telemetry goes: a folder for a collector of the system's own, or the endpoint of
            another such as `http://127.0.0.1:4318`, or an empty text for nowhere.
        rng: source of ports and passwords.
    """
    ports = _free_ports(rng)
    collect_into = telemetry if isinstance(telemetry, Path) else None
    otlp_endpoint = f"http://127.0.0.1:{next(ports)}" if collect_into else str(telemetry)
    listening = {(s.name, number): next(ports) for s in SERVICES for number in range(1, s.instances + 1)}
    listening[POSTGRES, 1], listening[REDIS, 1] = next(ports), next(ports)
    links = [
        Link(caller=spec.name, callee=callee, port=next(ports), target=target)
        for spec in SERVICES
        for callee in spec.calls
        for (name, _), target in listening.items()
        if name == callee
    ]
    return Plan(
        folder=folder,
        otlp_endpoint=otlp_endpoint,
        collect_into=collect_into,
        instances=[_instance(spec, n, folder, otlp_endpoint, listening, links) for spec, n in _numbered()],
        links=links,
        postgres_port=listening[POSTGRES, 1],
        redis_port=listening[REDIS, 1],
        passwords={spec.name: f"{rng.getrandbits(64):016x}" for spec in SERVICES if POSTGRES in spec.calls},
    )


def _numbered() -> Iterable[tuple[ServiceSpec, int]]:
    return ((spec, number) for spec in SERVICES for number in range(1, spec.instances + 1))


def _instance(
    spec: ServiceSpec,
    number: int,
    folder: Path,
    otlp_endpoint: str,
    listening: dict[tuple[str, int], int],
    links: list[Link],
) -> InstanceFile:
    ports: dict[str, list[int]] = {}
    for link in links:
        if link.caller == spec.name:
            ports.setdefault(link.callee, []).append(link.port)
    return InstanceFile(
        service=spec.name,
        instance=f"{spec.name}-{number}",
        version=spec.version,
        owner=spec.owner,
        port=listening[spec.name, number],
        folder=folder,
        otlp_endpoint=otlp_endpoint if spec.observed else "",
        postgres_port=ports.pop(POSTGRES, [0])[0],
        redis_port=ports.pop(REDIS, [0])[0],
        peers=ports,
    )


def _free_ports(rng: random.Random) -> Iterator[int]:
    """Yield ports nobody listens on, each once."""
    for port in rng.sample(range(*PORT_RANGE), PORT_RANGE[1] - PORT_RANGE[0]):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                yield port
