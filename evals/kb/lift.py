"""What memory changes: top-1 and fault kind of finished investigations, with and without recalled incidents.

Takes the reports of `whydown eval rca --out OUT`. Every case becomes a postmortem, drafted as `whydown confirm`
would from its report and the known cause. Then each case recalls, through the same search and the same weighing
as an investigation, from three knowledge bases: postmortems of the *other* cases (siblings of the fault where
there are any), postmortems that tell the case's own findings but blame its second hypothesis (misleading), both.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from agent.investigation.recall import recalled, weigh_hypotheses
from agent.learning.draft import Verdict, draft_postmortem
from agent.schema import Report
from evals.rca.truth import Truth, read_truths
from knowledge.base import open_knowledge
from knowledge.embedding import Embedder
from knowledge.postmortem import Postmortem, PostmortemFolder, Status
from knowledge.retrieval import Searcher
from tools.config import KnowledgeSettings
from tools.errors import FolderError

_USES = ("r1", "r2", "r3")
"""Every memory has been useful three times, the misleading ones too: the harder case."""


@dataclass(frozen=True, slots=True)
class Case:
    """A finished investigation, what was wrong, and the two postmortems made of it."""

    id: str
    report: Report
    truth: Truth
    sibling: Postmortem
    misleading: Postmortem | None


@dataclass(frozen=True, slots=True)
class Lift:
    """Shares over all cases: right component first, right fault kind first, anything recalled, order changed."""

    memory: str
    n: int
    top1: float
    kind: float
    recalled: float
    changed: float


def read_cases(out: Path, root: Path, name: str) -> list[Case]:
    """Read the reports of one set that have a hypothesis and a known cause.

    Raises:
        FolderError: there is none.
    """
    truths = read_truths(root, name)
    cases: list[Case] = []
    for file in sorted((out / "reports" / "whydown" / name).glob("*.json")):
        truth = truths.get(file.stem)
        if truth is None or not truth.component:
            continue
        report = Report.model_validate_json(file.read_text(encoding="utf-8"))
        if report.hypotheses:
            cases.append(_case(len(cases) + 1, file.stem, report, truth))
    if not cases:
        raise FolderError(f"no report of {name!r} in {out}", "make them: whydown eval rca PATH --out OUT")
    return cases


def _case(number: int, name: str, report: Report, truth: Truth) -> Case:
    right = Verdict(None, "What was found.", "What helped.", "", truth.component, truth.kind)
    sibling = _confirmed(draft_postmortem(report, right), f"S-{number}")
    other = next((h for h in report.hypotheses[1:] if truth.rank([h.component]) is None), None)
    misleading = None
    if other is not None:
        wrong = Verdict(None, "Something else.", "Nothing.", "", other.component, other.fault_kind)
        misleading = _confirmed(draft_postmortem(report, wrong), f"X-{number}")
    return Case(name, report, truth, sibling, misleading)


def _confirmed(draft: Postmortem, key: str) -> Postmortem:
    return draft.model_copy(update={"id": key, "status": Status.CONFIRMED, "useful_in": _USES})


def measure_lift(cases: list[Case], embedder: Embedder) -> list[Lift]:
    """Return the numbers without memory and with each of the three knowledge bases."""
    siblings = [case.sibling for case in cases]
    misleading = [case.misleading for case in cases if case.misleading]
    results = [_lift("none", cases, None)]
    for name, postmortems in (
        ("siblings", siblings),
        ("misleading", misleading),
        ("siblings and misleading", siblings + misleading),
    ):
        with tempfile.TemporaryDirectory(prefix="whydown-lift-") as scratch:
            folder = PostmortemFolder(Path(scratch))
            for postmortem in postmortems:
                folder.write(postmortem)
            with open_knowledge(KnowledgeSettings(folder=folder.path), embedder=embedder) as base:
                results.append(_lift(name, cases, base.searcher))
    return results


def _lift(name: str, cases: list[Case], searcher: Searcher | None) -> Lift:
    top1, kind, found, changed = [], [], [], []
    for case in cases:
        report = case.report
        day = report.windows.incident[0].date()
        own = frozenset({case.sibling.id})
        similar = recalled(searcher, report.symptom, list(report.evidence), day, own) if searcher else []
        ranked = weigh_hypotheses(list(report.hypotheses), similar)[0] if similar else list(report.hypotheses)
        top1.append(case.truth.rank([ranked[0].component]) == 1)
        kind.append(ranked[0].fault_kind is case.truth.kind)
        found.append(bool(similar))
        changed.append(ranked[0].component != report.hypotheses[0].component)
    return Lift(name, len(cases), *(sum(flags) / len(cases) for flags in (top1, kind, found, changed)))
