"""Map a report to a postmortem: what the run found, what a person says caused it and fixed it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.schema import Hypothesis, Report
from knowledge.postmortem import Postmortem, Provenance, parse_postmortem, render_postmortem
from tools.errors import InputError
from tools.faults import FaultKind

_EVIDENCE = 8
"""Findings kept with the postmortem: enough to recognise the incident, not the whole report."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says about a run.

    Args:
        hypothesis: rank of the hypothesis that is right; None when `cause` says it instead.
        cause: the cause in the person's words, added to or instead of the hypothesis's.
        resolution: what fixed it.
        validation: how that was checked.
        component: service at fault, when no hypothesis names it.
        fault_kind: what kind of fault it was, when no hypothesis says it rightly.
    """

    hypothesis: int | None
    cause: str = ""
    resolution: str = ""
    validation: str = ""
    component: str = ""
    fault_kind: FaultKind | None = None


def draft_postmortem(report: Report, verdict: Verdict) -> Postmortem:
    """Return a draft; its id is chosen when it is written.

    Raises:
        InputError: the hypothesis does not exist, or neither hypothesis nor cause is given, or no resolution.
    """
    if not verdict.resolution.strip():
        raise InputError("what fixed it is missing", 'add --resolution "…"')
    return _draft(report, verdict)


def draft_text(report: Report, hypothesis: int) -> str:
    """Return the postmortem file of a hypothesis for a person to complete: what fixed it is still empty.

    Raises:
        InputError: the hypothesis does not exist.
    """
    return render_postmortem(_draft(report, Verdict(hypothesis)))


def read_draft(text: str, report: Report) -> Postmortem:
    """Return the postmortem that a person has completed; where it comes from is not theirs to change.

    Raises:
        InputError: it is no postmortem, or what fixed it is missing.
    """
    draft, problems = parse_postmortem(text, Path("postmortem"))
    if draft is None:
        raise InputError("the postmortem has an error", str(problems[0]))
    if not draft.resolution.strip():
        raise InputError("what fixed it is missing", "write it below the heading Resolution")
    provenance = draft.provenance.model_copy(update={"run": report.run_id})
    return draft.model_copy(update={"provenance": provenance})


def _draft(report: Report, verdict: Verdict) -> Postmortem:
    right = chosen(report, verdict)
    kind = verdict.fault_kind or (right.fault_kind if right else FaultKind.UNKNOWN)
    component = verdict.component or (right.component if right else "")
    findings = [item.statement for item in report.evidence if right is None or item.id in right.supports][:_EVIDENCE]
    return Postmortem(
        id="new",
        title=_title(report, component, kind),
        date=report.windows.incident[0].date(),
        services=_services(report, right, component),
        dependencies=_peers(report, right, component),
        fault_kind=kind,
        owner=right.owner if right and right.owner != "unknown" else "",
        provenance=Provenance(run=report.run_id, evidence=tuple(findings)),
        symptoms="\n\n".join([report.symptom, *(f"- {text}" for text in findings)]).strip(),
        root_cause=_cause(right, verdict.cause),
        resolution=verdict.resolution,
        validation=verdict.validation,
    )


def chosen(report: Report, verdict: Verdict) -> Hypothesis | None:
    """Return the hypothesis that a person says is right.

    Raises:
        InputError: it does not exist, or nothing was said at all.
    """
    if verdict.hypothesis is None:
        if not verdict.cause.strip():
            raise InputError("which cause is confirmed is missing", 'add --hypothesis N or --cause "…"')
        return None
    return report.ranked(verdict.hypothesis)


def _title(report: Report, component: str, kind: FaultKind) -> str:
    what = "" if kind is FaultKind.UNKNOWN else kind.value.replace("_", " ")
    named = ": ".join(part for part in (component, what) if part)
    return named or report.symptom[:100] or report.summary[:100] or f"Incident of run {report.run_id}"


def _services(report: Report, right: Hypothesis | None, component: str) -> tuple[str, ...]:
    """The one at fault first, then those along the causal chain, then those with evidence for it."""
    chain = [link.component for link in right.chain] if right else []
    shown = [item.subject.service for item in report.evidence if right and item.id in right.supports]
    return tuple(dict.fromkeys(name for name in (component, *chain, *shown) if name))


def _peers(report: Report, right: Hypothesis | None, component: str) -> tuple[str, ...]:
    """Callees that the evidence names and that are not among the services that send telemetry themselves."""
    senders = {item.subject.service for item in report.evidence} | {component}
    peers = [item.subject.peer for item in report.evidence if right and item.id in right.supports]
    return tuple(dict.fromkeys(name for name in peers if name and name not in senders))


def _cause(right: Hypothesis | None, said: str) -> str:
    parts = [said.strip(), right.cause if right else ""]
    if right and right.chain:
        parts.append("\n".join(f"- {link.component}: {link.effect}" for link in right.chain))
    return "\n\n".join(part for part in parts if part)
