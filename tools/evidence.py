"""Evidence: one checkable finding about one subject. The currency that every room understands."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tools.names import labelled, named
from tools.window import to_datetime


class EvidenceKind(StrEnum):
    """What was found. The part before the dot is the analyser, the part after it the finding."""

    LATENCY_SELF = "latency.self"
    """An operation spends more or less time in its own code, outside calls to others."""
    LATENCY_EDGE = "latency.edge"
    """Time between a caller's span and the callee's span: network, queueing, connection set-up."""
    LATENCY_TOTAL = "topology.latency"
    """An operation takes longer or shorter in all; says who is affected, not who is to blame."""
    ERRORS_ORIGIN = "errors.origin"
    """Error spans with no failing child: where errors start."""
    ERRORS_PROPAGATED = "errors.propagated"
    """Error spans whose child failed too: who is affected."""
    CALLS_VANISHED = "structure.vanished"
    """A call made in the baseline is made less often or no more, on paths otherwise alike."""
    CALLS_APPEARED = "structure.appeared"
    """A call never or seldom made in the baseline is made now."""
    CALLS_CHANGED = "structure.changed"
    """The number of calls per request of the caller changed."""
    CALLS_REPEATED = "structure.repeated"
    """A request of an entry operation runs an operation more often than in the baseline."""
    CLOCK = "clocks.skewed"
    """Spans of a service begin before the calls that they answer, or after these have ended."""
    TRAFFIC = "topology.traffic"
    """An entry operation receives more or less requests."""
    LOG_NEW = "logs.new"
    """A log template that the baseline lacks."""
    LOG_BURST = "logs.burst"
    """A log template that is much more frequent than in the baseline."""
    LOG_GONE = "logs.gone"
    """A log template that became much rarer or vanished."""
    METRIC_SHIFT = "metrics.shift"
    """A metric of a service, pod or node moved away from its baseline level."""
    CHANGE = "changes.near"
    """A deploy, configuration, flag or commit near the onset. Innocent by default."""
    SEGMENT = "segments.concentrated"
    """One attribute value concentrates the deviation."""
    CI_LINES = "ci.lines"
    """The lines of a CI job's log that tell why it failed."""
    CI_SIGN = "ci.sign"
    """A line of a known tool that shows a kind of trouble: no network, no memory, a missing dependency."""
    CI_TEST = "ci.test"
    """A test of the run failed."""
    CI_FLAKY = "ci.flaky"
    """A test failed and passed on the same code."""
    CI_HISTORY = "ci.history"
    """How the same job or test ended in earlier runs."""
    CI_CHANGE = "ci.change"
    """A part of the change under test that the failure points at, or that nothing points at."""
    TOOL_RESULT = "tool.result"
    """The result of a query asked for during the investigation."""
    OBSERVATION = "person.observation"
    """What a person said to have seen."""


class Subject(BaseModel):
    """Who the evidence is about. Unset fields do not apply.

    `peer` is the callee of an edge; `name` is the metric, template, attribute or change reference.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal[
        "service",
        "operation",
        "edge",
        "pod",
        "node",
        "metric",
        "template",
        "segment",
        "change",
        "system",
        "job",
        "test",
        "file",
    ]
    service: str = ""
    operation: str = ""
    pod: str = ""
    peer: str = ""
    name: str = ""

    def label(self) -> str:
        """Return a short name for people, such as `checkout /pay` or `checkout → payment`."""
        where = " → ".join(named(part) for part in (self.service, self.peer) if part)
        pod = named(self.pod) if self.pod and self.kind in {"pod", "metric", "node"} else ""
        operation = named(self.operation) if self.operation else ""
        parts = [where, operation, pod, labelled(self.name) if self.name else ""]
        return " ".join(part for part in parts if part) or self.kind


class Sample(BaseModel):
    """A concrete instance behind a finding: a trace id, a log line, or a short series.

    `times` are Unix nanoseconds; `values` are in the unit of the evidence.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["trace", "log", "series", "change", "text"]
    ref: str = ""
    text: str = ""
    times: tuple[int, ...] = ()
    values: tuple[float, ...] = ()


class Quantity(StrEnum):
    """What a number is a number of."""

    SELF_TIME = "self_time"
    """Time an operation spends in its own code."""
    EDGE_TIME = "edge_time"
    """Time on the way from a caller to a callee; of a callee that sends no spans, the whole call."""
    DURATION = "duration"
    """Time of an operation as a whole."""
    ERRORS = "errors"
    """Share of an operation's spans that fail, percent."""
    CALLS = "calls"
    """Share of a caller's spans that make a call, percent."""
    TRAFFIC = "traffic"
    """Requests a second."""
    LOG_LINES = "log_lines"
    """Log lines of one template in the window."""
    METRIC = "metric"
    """A metric, in its own unit."""


class Fact(BaseModel):
    """One measured quantity in both windows, in its unit; None where a window has none."""

    model_config = ConfigDict(frozen=True)

    quantity: Quantity
    subject: Subject
    statistic: str = Field(default="", description="which summary: p50, p90, mean; empty for a total or a share")
    baseline: float | None = None
    incident: float | None = None
    unit: str = ""


class Evidence(BaseModel):
    """One finding, written by code from numbers, that anyone can check.

    `effect` is signed and robust: (incident - baseline) in units of the baseline's own variation,
    see `tools.stats`. `certainty` says how sure the change is: a large one of few observations may be chance.
    `share` is the part that this finding has in the time that requests surely gained, where the analyser can
    say so. `query` reproduces the numbers when run against `source`.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(default="", description="E1, E2, …; unique within a report; empty until numbered")
    kind: EvidenceKind
    subject: Subject
    statement: str = Field(description="one plain sentence with the numbers, no interpretation")
    baseline: float | None = None
    incident: float | None = None
    unit: str = ""
    effect: float = Field(default=0.0, description="signed robust effect size, see tools.stats")
    share: float | None = Field(
        default=None, description="fraction of the time that requests surely gained, at most 1; negative: time lost"
    )
    certainty: float = Field(default=0.0, description="standard errors by which anything changed at all, signed")
    uncertain: bool = Field(default=False, description="may be chance, given how many places were looked at")
    onset: AwareDatetime | None = Field(default=None, description="UTC; when the deviation began")
    query: str = Field(description="exact query that reproduces the numbers")
    samples: tuple[Sample, ...] = ()
    facts: tuple[Fact, ...] = Field(default=(), description="the numbers of a query's result, one fact a row")

    @property
    def analyser(self) -> str:
        """Return the analyser that found it: latency, errors, structure, logs, metrics and so on."""
        return self.kind.value.partition(".")[0]


def onset_of(ns: int | None) -> dt.datetime | None:
    """Return an onset as UTC datetime, passing None through."""
    return None if ns is None else to_datetime(ns)


def numbered(found: list[Evidence], first: int = 1) -> list[Evidence]:
    """Return evidence with ids E<first>, E<first+1>, … in the given order."""
    return [item.model_copy(update={"id": f"E{index}"}) for index, item in enumerate(found, first)]


_QUANTITIES: dict[EvidenceKind, Quantity] = {
    EvidenceKind.LATENCY_SELF: Quantity.SELF_TIME,
    EvidenceKind.LATENCY_EDGE: Quantity.EDGE_TIME,
    EvidenceKind.LATENCY_TOTAL: Quantity.DURATION,
    EvidenceKind.ERRORS_ORIGIN: Quantity.ERRORS,
    EvidenceKind.ERRORS_PROPAGATED: Quantity.ERRORS,
    EvidenceKind.CALLS_VANISHED: Quantity.CALLS,
    EvidenceKind.CALLS_APPEARED: Quantity.CALLS,
    EvidenceKind.CALLS_CHANGED: Quantity.CALLS,
    EvidenceKind.TRAFFIC: Quantity.TRAFFIC,
    EvidenceKind.LOG_NEW: Quantity.LOG_LINES,
    EvidenceKind.LOG_BURST: Quantity.LOG_LINES,
    EvidenceKind.LOG_GONE: Quantity.LOG_LINES,
    EvidenceKind.METRIC_SHIFT: Quantity.METRIC,
}


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """Return the numbers that evidence holds: those of a query's rows, or the one of an analyser's finding."""
    quantity = _QUANTITIES.get(evidence.kind)
    if evidence.facts or quantity is None:
        return evidence.facts
    fact = Fact(
        quantity=quantity,
        subject=evidence.subject,
        baseline=evidence.baseline,
        incident=evidence.incident,
        unit=evidence.unit,
    )
    return (fact,)
