"""Sets in PetShop's layout: metrics of nodes and a call graph, no traces and no logs.

SET/SCENARIO holds `graph.csv` (adjacency matrix, row calls column), `normal.parquet` (absent in some)
and `cases/ID/{incident.json, metrics.parquet}`; the columns are timestamp, node, metric, statistic,
value. The alert names a target node and metric; the node to blame is asked. Source of the layout:
Hardt et al., "The PetShop Dataset", CLeaR 2024.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from evals.rca.case import Case, ViewOptions, write_incident
from tools.errors import FolderError, FormatError
from tools.incident import IncidentFile
from tools.store.scoped import literal
from tools.window import NS, to_datetime

STEPS_AFTER_ALERT = 2
"""Points from the alert on that count as the incident: an alert is about now, and one point may be chance."""


class Target(BaseModel):
    """What alerted, and when (Unix seconds)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    node: str
    metric: str
    agg: str = ""
    timestamp: float


class _NodeIncident(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    target: Target


@dataclass(frozen=True, slots=True)
class NodeCase(Case):
    """A case of node metrics; `scenario` is the folder with its graph and normal metrics."""

    folder: Path
    scenario: Path

    def view(self, options: ViewOptions, target: Path) -> Path:
        """Write the metrics as those of services and the graph as a topology, see `Case.view`."""
        alert = read_target(self.folder)
        points = self.folder / "metrics.parquet"
        if not points.is_file() or not options.keeps("metrics"):
            raise FolderError(f"nothing to investigate in {self.folder}", "there are only metrics in this layout")
        target.mkdir(parents=True)
        convert_points(points, target / "metrics.parquet")
        normal = self.scenario / "normal.parquet"
        has_baseline = normal.is_file() and not options.own_baseline
        if has_baseline:
            (target / "baseline").mkdir()
            convert_points(normal, target / "baseline" / "metrics.parquet")
        if options.graph:
            write_graph(self.scenario / "graph.csv", target / "topology.json")
        write_incident(_incident(self, alert, points, has_baseline), target)
        return target


def read_node_set(folder: Path) -> Iterator[NodeCase]:
    """Yield the cases of a set, by scenario and id; the scenario stands for the system."""
    for scenario in sorted(path.parent for path in folder.glob("*/cases")):
        for path in sorted((scenario / "cases").iterdir()):
            if path.is_dir():
                yield NodeCase(path.name, folder.name, scenario.name, path, scenario)


def read_target(folder: Path) -> Target:
    """Read what alerted in a case.

    Raises:
        FormatError: incident.json is missing or has another form.
    """
    path = folder / "incident.json"
    try:
        return _NodeIncident.model_validate(json.loads(path.read_text(encoding="utf-8"))).target
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, ValidationError) as error:
        raise FormatError(f"{path} names no target", str(error).splitlines()[0]) from error


def convert_points(source: Path, target: Path) -> None:
    """Copy metric points: the node becomes the service, metric and statistic become one name.

    Raises:
        FormatError: the file is not Parquet or lacks a column.
    """
    select = (
        "SELECT timestamp::DOUBLE AS timestamp, node AS service, value, "
        f"lower(metric || '_' || coalesce(statistic, '')) AS metric FROM read_parquet({literal(str(source))})"
    )
    try:
        with duckdb.connect(config={"threads": 1}) as con:
            con.execute(f"COPY ({select}) TO {literal(str(target))}")
    except duckdb.Error as error:
        raise FormatError(f"{source} does not hold node metrics", str(error).splitlines()[0]) from error


def point_times(path: Path) -> list[float]:
    """Return the distinct times of a metrics file, Unix seconds, ascending."""
    with duckdb.connect(config={"threads": 1}) as con:
        rows = con.execute(f"SELECT DISTINCT timestamp FROM read_parquet({literal(str(path))}) ORDER BY 1").fetchall()
    return [float(time) for (time,) in rows]


def write_graph(matrix: Path, target: Path) -> None:
    """Write an adjacency matrix as topology.json; the matrix knows no call counts, so each edge counts one.

    Raises:
        FormatError: it is not a square matrix of numbers.
    """
    try:
        with matrix.open(encoding="utf-8", newline="") as lines:
            (_, *names), *rows = csv.reader(lines)
        edges = [(row[0], name, 1) for row in rows for name, cell in zip(names, row[1:], strict=True) if float(cell)]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise FormatError(f"{matrix} is not an adjacency matrix", str(error)) from error
    target.write_text(json.dumps({"edges": edges}), encoding="utf-8")


def scrape_interval(times: list[float]) -> float:
    """Return the median distance of two points in seconds; 60 when there is only one."""
    gaps = sorted(b - a for a, b in pairwise(times))
    return gaps[len(gaps) // 2] if gaps else 60.0


def _incident(case: NodeCase, alert: Target, points: Path, has_baseline: bool) -> IncidentFile:
    """Fix the windows as a responder would.

    A point stands for the interval that begins with it, so one from half an interval before the alert
    already shows the incident. Without normal metrics the case's own earlier points are the baseline.
    """
    times = point_times(points)
    step = scrape_interval(times)
    start, end = alert.timestamp - step / 2, alert.timestamp + STEPS_AFTER_ALERT * step
    own = (times[0], start) if times and times[0] < start else None
    when = to_datetime(round(alert.timestamp * NS))
    return IncidentFile(
        case_id=case.id,
        system=case.system,
        description=f"{alert.metric} ({alert.agg}) of {alert.node} raised an alert at {when:%F %H:%M} UTC.",
        service=alert.node,
        metric="_".join(part for part in (alert.metric, alert.agg) if part).lower(),
        symptom_start_unix=alert.timestamp,
        detected_at_unix=alert.timestamp,
        normal_window_unix=own,
        fault_window_unix=(start, end),
        baseline="baseline" if has_baseline else "",
    )
