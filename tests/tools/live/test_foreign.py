"""Whatever answers at a configured address, a source reads it, or refuses it in one line: never anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import httpx
import orjson
import pytest

from tests.builders import SCOPE
from tests.tools.live.backend import opening, transport
from tools.errors import FormatError, SourceError
from tools.live.source import HttpSource
from tools.sources import DetailedMetrics

CLASSES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "prometheus": ("metrics", "tools.live.metrics.prometheus:PrometheusMetrics", {}),
    "clickhouse metrics": ("metrics", "tools.live.clickhouse.metrics:ClickHouseMetrics", {}),
    "jaeger": ("traces", "tools.live.traces.jaeger:JaegerTraces", {}),
    "tempo": ("traces", "tools.live.traces.tempo:TempoTraces", {}),
    "clickhouse traces": ("traces", "tools.live.clickhouse.traces:ClickHouseTraces", {}),
    "victorialogs": ("logs", "tools.live.logs.victorialogs:VictoriaLogs", {}),
    "loki": ("logs", "tools.live.logs.loki:LokiLogs", {}),
    "opensearch": ("logs", "tools.live.logs.opensearch:OpenSearchLogs", {}),
    "clickhouse logs": ("logs", "tools.live.clickhouse.logs:ClickHouseLogs", {}),
    "kubernetes": ("changes", "tools.live.changes.kubernetes:ClusterApi", {}),
    "github": ("changes", "tools.live.changes.github:GitHubChanges", {"repositories": ["shop/cart"]}),
    "grafana": ("changes", "tools.live.changes.grafana:GrafanaChanges", {}),
    "feed": ("changes", "tools.live.changes.feed:HttpFeed", {}),
    "alertmanager": ("alerts", "tools.live.alerts.sources:AlertmanagerAlerts", {}),
    "prometheus alerts": ("alerts", "tools.live.alerts.sources:PrometheusAlerts", {}),
}
BODIES = {
    "a page": b"<html><body>Welcome</body></html>",
    "nothing": b"",
    "null": b"null",
    "a number": b"7",
    "a list": b'["a", 1]',
    "objects": b'[{"a": 1}]',
    "services of every kind": orjson.dumps(
        {
            "status": "success",
            "data": {"result": [{"metric": {"job": "a", "__name__": "up"}, "value": [1, "1"]}]},
            "tagValues": [{"value": "a"}],
            "values": [{"value": "a"}],
            "hits": {},
            "aggregations": {"services": {"buckets": [{"key": "a"}]}},
        }
    ),
    "a list of services": b'{"status": "success", "data": ["a"]}',
    "an object": b"{}",
    "empty rows": b"[]\n[]",
    "an empty success": b'{"status": "success", "data": null}',
    "odd lists": orjson.dumps(
        {
            "status": "success",
            "data": ["a", {"traceID": 1}],
            "traces": [1, {"traceID": "x"}],
            "tagValues": [1],
            "values": [{"value": 1}, "x"],
            "hits": {"hits": [{"_source": 1}]},
            "items": [{"kind": "Event", "reason": "Killing"}, {"kind": "ReplicaSet", "metadata": 1}],
            "series": [1],
            "alerts": [1, {}],
            "aggregations": {"services": {"buckets": [{"key": "a"}]}},
        }
    ),
}


def questions(source: HttpSource) -> dict[str, Callable[[], object]]:
    """Return everything that a source may be asked, by name."""
    window, any_source = SCOPE.incident, cast_any(source)
    asked: dict[str, Callable[[], object]] = {
        "services": source.services,
        "remarks": source.remarks,
        "hint": source.hint,
    }
    for name in ("series", "lines", "operations", "edges", "calls", "entries", "topology"):
        if hasattr(source, name):
            asked[name] = lambda name=name: getattr(any_source, name)(SCOPE)  # type: ignore[misc]  # a bound name
    if hasattr(source, "changes"):
        asked["changes"] = lambda: any_source.changes(window)
    if hasattr(source, "search"):
        asked["search"] = lambda: any_source.search(window, "cart", "failed", 5)
    if hasattr(source, "trace"):
        asked["trace"] = lambda: any_source.trace("0af7651916cd43dd8448eb211c80319c")
        asked["examples"] = lambda: any_source.examples(window, "cart", "GET /", "slowest", 3)
    if hasattr(source, "alerts"):
        asked["alerts"] = any_source.alerts
    if isinstance(source, DetailedMetrics):
        asked["details"] = lambda: any_source.details(SCOPE, [])
    return asked


def cast_any(source: HttpSource) -> Any:
    return source


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("kind", CLASSES)
def test_foreign_answers_are_read_or_refused_in_one_line(kind: str, body: bytes) -> None:
    signal, path, fields = CLASSES[kind]
    module, _, name = path.partition(":")
    source_class = getattr(import_module(module), name)
    source = source_class(
        opening(signal, kind=kind.partition(" ")[0], **fields),
        transport(lambda request: httpx.Response(200, content=body)),
    )
    try:
        if source.services() or signal in {"changes", "alerts"}:  # else it is left out of an investigation
            for ask in questions(source).values():
                with suppress(SourceError, FormatError):
                    ask()
    except (SourceError, FormatError) as error:
        refused = str(error)
    else:
        refused = ""
    source.close()
    assert "\n" not in refused


@pytest.mark.parametrize("kind", CLASSES)
def test_a_page_is_no_answer_of_any_kind(kind: str) -> None:
    signal, path, fields = CLASSES[kind]
    module, _, name = path.partition(":")
    answer = httpx.Response(200, content=BODIES["a page"])
    source = getattr(import_module(module), name)(
        opening(signal, kind=kind.partition(" ")[0], **fields), transport(lambda request: answer)
    )
    with pytest.raises(SourceError) as refused:
        source.services()
    assert refused.value.remedy
    source.close()
