"""Fault kinds: the one enumeration of what can be wrong, each with its family.

The family is what telemetry can usually tell apart; the kind is what a person would fix.
Playbooks (checks that discriminate, remedies) stand in `playbooks.toml`, one table a kind.
"""

from __future__ import annotations

from enum import StrEnum


class FaultFamily(StrEnum):
    """The six families of causes."""

    RESOURCE = "resource"
    """The component lacks CPU, memory, disk, threads or connections."""
    NETWORK = "network"
    """The path between two components is slow, lossy or cut."""
    CODE = "code"
    """The component's own logic misbehaves: exception, wrong return, slow path."""
    CONFIGURATION = "configuration"
    """A setting, flag, credential or certificate is wrong."""
    DEPENDENCY = "dependency"
    """A store, queue or foreign service that the system calls misbehaves."""
    LOAD = "load"
    """The component does what it should, only too much is asked of it."""


class FaultKind(StrEnum):
    """What can be wrong. Members are grouped by family."""

    CPU_SATURATION = "cpu_saturation"
    """CPU is used up by the component itself or a neighbour, or throttled by a limit."""
    MEMORY_PRESSURE = "memory_pressure"
    """Memory grows towards its limit: garbage collection, swapping, a kill."""
    DISK_FULL = "disk_full"
    """A volume is full or out of inodes; writes fail."""
    POOL_EXHAUSTED = "pool_exhausted"
    """Callers wait for a connection, thread or worker of a bounded pool."""
    RESTART = "restart"
    """The component was killed or restarted."""
    NETWORK_DELAY = "network_delay"
    """Packets to or from the component take longer."""
    NETWORK_LOSS = "network_loss"
    """Packets are lost; retransmissions and timeouts."""
    NETWORK_PARTITION = "network_partition"
    """Two components cannot reach each other."""
    CLOCK_SKEW = "clock_skew"
    """A host's clock is wrong; spans and tokens have impossible times."""
    EXCEPTION = "exception"
    """A code path raises; the error is returned, logged or swallowed."""
    EARLY_RETURN = "early_return"
    """A code path returns early or a wrong value, often with a success status."""
    SLOW_CODE = "slow_code"
    """The component's own code became slow without using up a resource: a lock, a blocked loop, a bad algorithm."""
    BAD_CONFIGURATION = "bad_configuration"
    """A configuration value or flag was rolled out that breaks the component."""
    BAD_DEPLOY = "bad_deploy"
    """A new version misbehaves, perhaps on part of the instances only."""
    CREDENTIAL_EXPIRED = "credential_expired"
    """A certificate, token or password is no longer accepted."""
    DEPENDENCY_SLOW = "dependency_slow"
    """A store, queue or foreign service answers slowly: locks, missing index, eviction."""
    DEPENDENCY_DOWN = "dependency_down"
    """A store, queue or foreign service refuses or does not answer."""
    QUEUE_BACKLOG = "queue_backlog"
    """A consumer is stalled or too slow; messages pile up."""
    TRAFFIC_SURGE = "traffic_surge"
    """More requests than usual reach the component."""
    RETRY_STORM = "retry_storm"
    """Callers repeat failed calls and so multiply the load."""
    UNKNOWN = "unknown"
    """Something deviates, but the evidence does not tell what kind of fault it is."""

    @property
    def family(self) -> FaultFamily | None:
        """Return the family; None for UNKNOWN."""
        return _FAMILY.get(self)


_BY_FAMILY: dict[FaultFamily, tuple[FaultKind, ...]] = {
    FaultFamily.RESOURCE: (
        FaultKind.CPU_SATURATION,
        FaultKind.MEMORY_PRESSURE,
        FaultKind.DISK_FULL,
        FaultKind.POOL_EXHAUSTED,
        FaultKind.RESTART,
    ),
    FaultFamily.NETWORK: (
        FaultKind.NETWORK_DELAY,
        FaultKind.NETWORK_LOSS,
        FaultKind.NETWORK_PARTITION,
        FaultKind.CLOCK_SKEW,
    ),
    FaultFamily.CODE: (FaultKind.EXCEPTION, FaultKind.EARLY_RETURN, FaultKind.SLOW_CODE),
    FaultFamily.CONFIGURATION: (
        FaultKind.BAD_CONFIGURATION,
        FaultKind.BAD_DEPLOY,
        FaultKind.CREDENTIAL_EXPIRED,
    ),
    FaultFamily.DEPENDENCY: (
        FaultKind.DEPENDENCY_SLOW,
        FaultKind.DEPENDENCY_DOWN,
        FaultKind.QUEUE_BACKLOG,
    ),
    FaultFamily.LOAD: (FaultKind.TRAFFIC_SURGE, FaultKind.RETRY_STORM),
}
_FAMILY = {kind: family for family, kinds in _BY_FAMILY.items() for kind in kinds}
