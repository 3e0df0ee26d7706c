"""Neighbours: who calls whom in a call graph, and what stands behind a network address."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Iterator

from tools.sources.rows import Call

_HOST = re.compile(r"(?:^|//|@)(?:[\w-]+\.)+[a-z]{2,}(?:$|[:/_])", re.IGNORECASE)
_NOBODY: frozenset[str] = frozenset()


class Neighbours:
    """Callers and callees of each component; calls to oneself are left out.

    Args:
        graph: the call graph.
    """

    def __init__(self, graph: Iterable[Call]) -> None:
        self._callers: dict[str, set[str]] = {}
        self._callees: dict[str, set[str]] = {}
        for call in graph:
            if call.caller != call.callee:
                self._callers.setdefault(call.callee, set()).add(call.caller)
                self._callees.setdefault(call.caller, set()).add(call.callee)

    def callers(self, component: str) -> Collection[str]:
        """Return who calls a component."""
        return self._callers.get(component, _NOBODY)

    def callees(self, component: str) -> Collection[str]:
        """Return whom a component calls."""
        return self._callees.get(component, _NOBODY)

    def entries(self) -> set[str]:
        """Return who calls others and is called by nobody."""
        return self._callees.keys() - self._callers.keys()

    def edges(self) -> Iterator[tuple[str, str]]:
        """Yield caller and callee of every edge."""
        return ((caller, callee) for caller, callees in self._callees.items() for callee in callees)

    @property
    def known(self) -> bool:
        """Tell whether there is any call in the graph."""
        return bool(self._callees)

    def off_path(self, component: str) -> bool:
        """Tell whether the graph is known and a component is not in it."""
        return self.known and component not in self._callers and component not in self._callees

    def direction(self, service: str, peer: str) -> tuple[str, str]:
        """Return caller and callee of a metric's edge: as in the graph, else whoever measures is the callee."""
        calls = peer in self.callees(service) and service not in self.callees(peer)
        return (service, peer) if calls else (peer, service)

    def below(self, component: str) -> set[str]:
        """Return whom a component calls; for a network address also what its callers call besides it.

        An address is no component: it shows what its caller saw of whatever answers there, and that often
        appears in the call graph beside it.
        """
        found = set(self.callees(component))
        if not found and is_address(component):
            beside = {name for caller in self.callers(component) for name in self.callees(caller)}
            found = {name for name in beside if not is_address(name)}
        return found - {component}


def is_address(component: str) -> bool:
    """Tell whether a component is named by a host name or an IP address."""
    try:
        ipaddress.ip_address(re.split(r"[_/]", component)[0])
    except ValueError:
        return bool(_HOST.search(component))
    return True
