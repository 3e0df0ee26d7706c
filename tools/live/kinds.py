"""Every kind of live backend. A new one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from threading import Lock
from typing import cast

from tools.errors import ConfigError
from tools.live.opening import Opening
from tools.sources.protocols import LiveSource

KINDS: dict[str, dict[str, str]] = {
    "metrics": {
        "prometheus": "tools.live.metrics.prometheus:PrometheusMetrics",
        "victoriametrics": "tools.live.metrics.prometheus:PrometheusMetrics",
        "mimir": "tools.live.metrics.prometheus:PrometheusMetrics",
        "thanos": "tools.live.metrics.prometheus:PrometheusMetrics",
        "cortex": "tools.live.metrics.prometheus:PrometheusMetrics",
        "clickhouse": "tools.live.clickhouse.metrics:ClickHouseMetrics",
    },
    "traces": {
        "folder": "tools.live.folder:open_traces",
        "jaeger": "tools.live.traces.jaeger:JaegerTraces",
        "victoriatraces": "tools.live.traces.jaeger:JaegerTraces",
        "tempo": "tools.live.traces.tempo:TempoTraces",
        "clickhouse": "tools.live.clickhouse.traces:ClickHouseTraces",
    },
    "logs": {
        "victorialogs": "tools.live.logs.victorialogs:VictoriaLogs",
        "loki": "tools.live.logs.loki:LokiLogs",
        "elasticsearch": "tools.live.logs.opensearch:OpenSearchLogs",
        "opensearch": "tools.live.logs.opensearch:OpenSearchLogs",
        "folder": "tools.live.folder:open_logs",
        "clickhouse": "tools.live.clickhouse.logs:ClickHouseLogs",
    },
    "changes": {
        "git": "tools.live.changes.git:GitChanges",
        "kubernetes": "tools.live.changes.kubernetes:open_cluster",
        "github": "tools.live.changes.github:GitHubChanges",
        "grafana": "tools.live.changes.grafana:GrafanaChanges",
        "feed": "tools.live.changes.feed:open_feed",
        "clickhouse": "tools.live.clickhouse.changes:ClickHouseChanges",
    },
    "alerts": {
        "alertmanager": "tools.live.alerts.sources:AlertmanagerAlerts",
        "prometheus": "tools.live.alerts.sources:PrometheusAlerts",
    },
}
"""Signal → kind → module:class or function, called with an `Opening`. Modules are imported when they are used."""

_importing = Lock()
"""Backends are opened by several threads; two that import modules which share others may wait for each other."""


def open_kind(opening: Opening) -> LiveSource:
    """Open one backend; nothing is asked yet.

    Raises:
        ConfigError: there is no such kind, or its settings are wrong.
    """
    kinds = KINDS[opening.signal]
    path = kinds.get(opening.settings.kind)
    if path is None:
        raise ConfigError(
            f"no kind {opening.settings.kind!r} among sources of {opening.signal}", "known: " + ", ".join(kinds)
        )
    module, _, name = path.partition(":")
    with _importing:
        opener = cast("Callable[[Opening], LiveSource]", getattr(import_module(module), name))
    return opener(opening)
