"""What the argument about a failed run begins with. JSON all through, so that a journal can hold it."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict

from agent.ci.argument.digest import digest
from agent.ci.hypotheses import missing_of, owner_of, steps_of
from agent.ci.inputs import FailedRun
from agent.model import ToolCall
from agent.schema import FailureClass, Report
from agent.toolbox import Toolbox
from tools.evidence import Evidence
from tools.redact import redact_model

READ_FIRST = 2
"""Changed files that are read for the model where statistics suspect none: small models rarely ask."""
OWNERS = 300
"""Changed files whose owner is looked up."""


class RunCase(BaseModel):
    """The report without a model, what the model is told first, and who owns what was changed."""

    model_config = ConfigDict(frozen=True)

    report: Report
    first_message: str
    owners: dict[str, str] = {}
    missing: tuple[str, ...] = ()

    def for_new(self, path: str) -> dict[str, object]:
        """Return what a new hypothesis about a changed file says besides its cause."""
        classification = self.report.classification
        kind = classification.kind if classification else FailureClass.NOT_ENOUGH_EVIDENCE
        return {**steps_of(kind), "owner": self.owners.get(path, "unknown"), "missing": self.missing}


def case_of(report: Report, run: FailedRun, box: Toolbox) -> RunCase:
    """Return the case of a run. Secrets go before anything is cut: one without its end cannot be recognised."""
    report = redact_model(report)
    paths = [change.path for change in run.diff]
    if not any(one.component in paths for one in report.hypotheses):
        report = report.model_copy(update={"evidence": (*report.evidence, *_read_first(box, paths))})
    return RunCase(
        report=report,
        first_message=digest(report, run.commits, paths),
        owners={path: owner_of(run, path) for path in paths[:OWNERS]},
        missing=missing_of(run),
    )


def _read_first(box: Toolbox, paths: list[str]) -> list[Evidence]:
    calls = [ToolCall(id=path, name="file_diff", arguments=json.dumps({"path": path})) for path in paths[:READ_FIRST]]
    return [result.evidence for result in map(box.call, calls) if result.evidence]
