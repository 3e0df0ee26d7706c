"""Deploys as spans show them: the first span of a service with another service.version."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from tools.live.clickhouse.scoped import SERVICE, named, within
from tools.live.clickhouse.source import ClickHouseSource
from tools.sources.rows import ChangeRow
from tools.window import Scope, TimeWindow


class ClickHouseChanges(ClickHouseSource):
    """Versions in the table of spans. A service's first version in the horizon is no change."""

    def find_services(self) -> set[str]:
        """Return the services that say which version they are."""
        return {service for service, _, _ in self._versions(self._opening.horizon)}

    def scripts(self, scope: Scope) -> Mapping[str, str]:
        """Return the SELECT by method."""
        return {"changes": self._select(self._opening.horizon)}

    def changes(self, window: TimeWindow) -> list[ChangeRow]:
        """Return the deploys inside a window, oldest first."""
        horizon = self._opening.horizon
        whole = TimeWindow(start_ns=min(window.start_ns, horizon.start_ns), end_ns=max(window.end_ns, horizon.end_ns))
        seen = self.once.get(("versions", whole), lambda: self._versions(whole))
        rows = [
            ChangeRow(at, "deploy", service, "", version, f"first span of version {version}, after {before}")
            for (known, before, _), (service, version, at) in pairwise(seen)
            if known == service and window.contains(at)
        ]
        return sorted(rows, key=lambda row: row.time_ns)

    def _versions(self, window: TimeWindow) -> list[tuple[str, str, int]]:
        """Return service, version and when it was first seen, by service and time."""
        return [(self.renamed(service), version, int(at)) for service, version, at in self.rows(self._select(window))]

    def _select(self, window: TimeWindow) -> str:
        return f"""
SELECT {SERVICE} AS service, ResourceAttributes['service.version'] AS version,
       toUnixTimestamp64Nano(min(Timestamp)) AS at
FROM {named(self.options.traces_table)} WHERE {within("Timestamp", window)} AND version <> ''
GROUP BY service, version ORDER BY service, at, version"""
