"""Record every fault as one set of cases, in the layout that `whydown eval rca` reads."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb

from evals.testbed.faults.catalogue import FAULTS, HEALTHY
from evals.testbed.recording.record import SYSTEM, RecordingPlan, record
from evals.testbed.recording.stretches import Tell
from evals.testbed.system.plan import SERVICES
from tools.errors import PrerequisiteError
from tools.store.scoped import literal

SET = "shop"


def record_set(plan: RecordingPlan, tell: Tell) -> list[str]:
    """Record a baseline and every fault and look-alike, each on a fresh system; return the case ids.

    Names and order of the cases say nothing about the faults. A case that is there already is not recorded
    again, so an interrupted set can be gone on with. A fault that this machine cannot inject is left out.

    Args:
        plan: `into` is the data folder; `fault` and `answer` are ignored.
        tell: told about progress over the whole set.
    """
    names = [HEALTHY, *FAULTS]
    random.Random(plan.seed).shuffle(names)
    cases = {f"{SET}-{plan.seed}-{number:02}": name for number, name in enumerate(names, 1)}
    work: list[Callable[[Tell], None]] = [lambda part: _record_baseline(plan, part)]
    work += [_recording(plan, case_id, name) for case_id, name in cases.items()]
    for number, one in enumerate(work):
        one(_part(tell, number, len(work)))
    write_graph(plan.into / SET)
    return sorted(cases)


def _recording(plan: RecordingPlan, case_id: str, name: str) -> Callable[[Tell], None]:
    root = plan.into
    case = replace(
        plan,
        fault=name,
        into=root / SET / "cases" / case_id,
        answer=root / "ground_truth" / SET / f"{case_id}.json",
        seed=plan.seed * 1_000 + int(case_id.rpartition("-")[2]),
        case_id=case_id,
        baseline=f"baseline/{_baseline(plan)}",
    )

    def work(tell: Tell) -> None:
        if not case.answer.exists():
            try:
                record(case, tell)
            except PrerequisiteError as error:
                tell(f"{name} left out: {error}", 1.0)

    return work


def _record_baseline(plan: RecordingPlan, tell: Tell) -> None:
    folder = plan.into / SET / "baseline" / _baseline(plan)
    if (folder / "traces.parquet").exists():
        return
    apart = plan.into / ".baseline-answer.json"
    record(replace(plan, fault=HEALTHY, into=folder, answer=apart, fault_seconds=20.0), tell)
    for path in (apart, folder / "incident.json", folder / "changes.json"):
        path.unlink()


def _baseline(plan: RecordingPlan) -> str:
    return f"{SYSTEM}-{plan.seed}"


def _part(tell: Tell, number: int, total: int) -> Tell:
    began = time.monotonic()

    def part(what: str, fraction: float) -> None:
        left = (time.monotonic() - began) * (total - number - fraction) / max(fraction, 0.05)
        tell(f"{number + 1}/{total} {what}, about {left / 60:.0f} min left", (number + fraction) / total)

    return part


def write_graph(folder: Path) -> None:
    """Write the call graph of the system, with calls counted in the baselines."""
    paths = sorted((folder / "baseline").glob("*/traces.parquet"))
    if not paths:
        return
    known = {(spec.name, callee) for spec in SERVICES for callee in spec.calls}
    names = ", ".join(literal(str(path)) for path in paths)
    query = f"SELECT service, peer, count(*) FROM read_parquet([{names}]) WHERE peer IS NOT NULL GROUP BY 1, 2"
    with duckdb.connect() as con:
        rows = con.execute(query).fetchall()
    edges = sorted((list(row) for row in rows if (row[0], row[1]) in known), key=lambda edge: -int(edge[2]))
    target = folder / "graph" / f"{SYSTEM}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"system": SYSTEM, "edges": edges}, indent=1) + "\n", encoding="utf-8")
