"""Record every fault as one set of cases, in the layout that `whydown eval rca` reads."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from evals.testbed.faults.catalogue import FAULTS, HEALTHY
from evals.testbed.load.mix import Mix
from evals.testbed.recording.left_out import forget, leave_out, read_left_out
from evals.testbed.recording.plan import SYSTEM, RecordingPlan
from evals.testbed.recording.session import Session, Taken
from evals.testbed.recording.stretches import Tell
from evals.testbed.system.plan import SERVICES
from tools.errors import WhydownError
from tools.store.scoped import literal

SET = "shop"
Note = Callable[[str], None]
"""Told one line when a case is done."""


@dataclass(frozen=True, slots=True)
class SetPlan:
    """What to record into the data folder `root`; seconds of the shared baseline and of each case's stretches.

    `rate` is requests per second; None takes that of the seed.
    """

    root: Path
    seed: int
    baseline_seconds: float = 180.0
    normal_seconds: float = 20.0
    fault_seconds: float = 60.0
    rate: float | None = None

    @property
    def baseline(self) -> str:
        """Return the name of the baseline."""
        return f"{SYSTEM}-{self.seed}"

    def mix(self) -> Mix:
        """Return what customers do."""
        mix = Mix.of_seed(self.seed)
        return mix if self.rate is None else mix.model_copy(update={"rate": self.rate})

    def cases(self) -> list[RecordingPlan]:
        """Return all cases; neither their names nor their order says anything about the faults."""
        names = [HEALTHY, *FAULTS]
        random.Random(self.seed).shuffle(names)
        return [self._case(number, name) for number, name in enumerate(names, 1)]

    def _case(self, number: int, name: str) -> RecordingPlan:
        case_id = f"{SET}-{self.seed}-{number:02}"
        return RecordingPlan(
            fault=name,
            into=self.root / SET / "cases" / case_id,
            answer=self.root / "ground_truth" / SET / f"{case_id}.json",
            seed=self.seed * 1_000 + number,
            normal_seconds=self.normal_seconds,
            fault_seconds=self.fault_seconds,
            case_id=case_id,
            baseline=f"baseline/{self.baseline}",
        )


def record_set(plan: SetPlan, tell: Tell, note: Note) -> dict[str, str]:
    """Record a baseline and every fault and look-alike, on one system that is healed in between.

    A case that is there already is not recorded again, so an interrupted set can be gone on with.

    Args:
        plan: what to record.
        tell: told about progress over the whole set.
        note: told of every case that is done or left out.

    Returns:
        The faults of this seed that could not be recorded, with the reason; also kept in `left-out.json`.

    Raises:
        PrerequisiteError: the system does not come up, so that there is no baseline.
    """
    with Session(plan.mix(), plan.seed) as session:
        folder = plan.root / SET / "baseline" / plan.baseline
        if not folder.exists():
            session.record_baseline(folder, plan.baseline_seconds, tell)
            note(f"baseline {plan.baseline}: {plan.baseline_seconds:.0f} s, {plan.mix().rate:g} requests a second")
        write_graph(plan.root / SET)
        missing = [case for case in plan.cases() if not case.answer.exists()]
        for number, case in enumerate(missing):
            _record(session, plan.root, case, _part(tell, number, len(missing)), note)
    ours = {case.case_id for case in plan.cases()}
    return {one.fault: one.reason for case_id, one in read_left_out(plan.root).items() if case_id in ours}


def seed_of_case(case_id: str) -> int:
    """Return the seed of the set that a case belongs to, by its id."""
    return int(case_id.split("-")[1])


def _record(session: Session, root: Path, case: RecordingPlan, tell: Tell, note: Note) -> None:
    try:
        taken = session.record(case, tell)
    except WhydownError as error:
        leave_out(root, case.case_id, case.fault, str(error))
        note(f"{case.case_id} {case.fault} left out: {error}")
    else:
        forget(root, case.case_id)
        note(_line(case, taken))


def _line(case: RecordingPlan, taken: Taken) -> str:
    alarm = "no alarm" if taken.alarm_seconds is None else f"alarm after {taken.alarm_seconds:.0f} s"
    return f"{case.case_id} {case.fault}: {alarm}, took {taken.seconds:.0f} s"


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
