"""Time series for the peers: what the published methods read, made from the same telemetry.

Every metric of a service. Where there are none, what RCAEval makes of traces and logs in its
multi-source sets (arXiv 2412.17015): mean duration and number of failed spans per service and
operation, number of log lines per service and template, in time buckets as wide as whydown's own.
Giving the peers these beside the metrics was measured as well and served none of them better, see
evals/README.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.schema import Incident
from tools.config import Settings
from tools.incident import IncidentFolder, open_folder
from tools.sources import Telemetry
from tools.store.engine import Engine
from tools.store.logs import masked_sql
from tools.store.relation import open_relation
from tools.store.scoped import per_window
from tools.window import Scope

Numbers = NDArray[np.float64]
_SPANS = "service, operation, role, bucket, avg(duration_ns), count(*) FILTER (WHERE upper(status) LIKE '%ERROR')"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of one service, in both windows; both have values."""

    service: str
    name: str
    baseline: Numbers
    incident: Numbers


def read_series(incident: Incident, telemetry: Telemetry, scope: Scope, settings: Settings) -> list[Series]:
    """Return all series that have finite values in both windows, ordered by service and name."""
    found = _only_usable(_metrics(telemetry, scope))
    if not found:
        folder = open_folder(incident.folder, baseline=not incident.own_baseline)
        engine = Engine(settings.store.memory_limit, settings.store.threads)
        found = _only_usable([*_spans(engine, folder, scope), *_logs(engine, folder, scope)])
    return sorted(found, key=lambda s: (s.service, s.name))


def _only_usable(series: Iterable[Series]) -> list[Series]:
    return list(filter(_usable, map(_finite, series)))


def _finite(series: Series) -> Series:
    before, after = series.baseline, series.incident
    return Series(series.service, series.name, before[np.isfinite(before)], after[np.isfinite(after)])


def _usable(series: Series) -> bool:
    return bool(series.service and series.baseline.size and series.incident.size)


def _metrics(telemetry: Telemetry, scope: Scope) -> Iterator[Series]:
    if telemetry.metrics is None:
        return
    for own in telemetry.metrics.series(scope):
        name = " ".join(filter(None, (own.metric, own.pod, own.peer, own.attributes)))
        yield Series(own.service, name, own.values.baseline, own.values.incident)


def _spans(engine: Engine, folder: IncidentFolder, scope: Scope) -> Iterator[Series]:
    if "traces" not in folder.signals:
        return
    select = open_relation(engine, "traces", folder.signals["traces"], folder.baseline.get("traces", [])).select
    rows = engine.rows(f"SELECT {_SPANS} FROM ({per_window(select, scope, 'traces')}) GROUP BY ALL ORDER BY bucket")
    means: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: {0: [], 1: []})
    failed: dict[tuple[str, str], dict[int, list[float]]] = defaultdict(lambda: {0: [], 1: []})
    for service, operation, role, _, mean, errors in rows:
        means[service, operation][role].append(float(mean if mean is not None else np.nan))
        failed[service, operation][role].append(float(errors))
    for (service, operation), own in means.items():
        yield Series(service, f"{operation} duration", np.array(own[0]), np.array(own[1]))
    for (service, operation), own in failed.items():
        yield Series(service, f"{operation} errors", np.array(own[0]), np.array(own[1]))


def _logs(engine: Engine, folder: IncidentFolder, scope: Scope) -> Iterator[Series]:
    """Yield line counts; a bucket in which others logged and this template did not counts zero."""
    if "logs" not in folder.signals:
        return
    select = open_relation(engine, "logs", folder.signals["logs"], folder.baseline.get("logs", [])).select
    rows = engine.rows(
        f"SELECT service, {masked_sql()} AS template, role, bucket, count(*) "
        f"FROM ({per_window(select, scope, 'logs')}) WHERE body IS NOT NULL GROUP BY ALL"
    )
    index = {key: at for at, key in enumerate(sorted({(role, bucket) for _, _, role, bucket, _ in rows}))}
    before = sum(role == 0 for role, _ in index)
    counts: dict[tuple[str, str], Numbers] = defaultdict(lambda: np.zeros(len(index)))
    for service, template, role, bucket, n in rows:
        counts[service, template][index[role, bucket]] = n
    for (service, template), values in counts.items():
        yield Series(service, f"log {template}", values[:before], values[before:])
