"""Changes: deploys, configuration, flags and commits near the incident. Innocent by default.

On public data the latest change is to blame only about one time in three, so nearness alone is weak
evidence: the effect is small, and only other evidence on the same service makes it count.
"""

from __future__ import annotations

from tools.analysers.base import Analyser
from tools.config import SurveySettings
from tools.evidence import Evidence, EvidenceKind, Sample, Subject, onset_of
from tools.names import named, quoted
from tools.sources import ChangeSource, Telemetry
from tools.sources.rows import ChangeRow
from tools.window import NS, Scope, TimeWindow

LOOK_BACK_SECONDS = 3600
"""How long before the incident window a change is still listed."""


def analyse_changes(telemetry: Telemetry, scope: Scope, settings: SurveySettings) -> list[Evidence]:
    """Return changes from an hour before the incident to its end, nearest to its start first."""
    source = telemetry.changes
    if source is None:
        return []
    incident = scope.incident
    window = TimeWindow(start_ns=incident.start_ns - LOOK_BACK_SECONDS * NS, end_ns=incident.end_ns)
    rows = sorted(source.changes(window), key=lambda row: abs(row.time_ns - incident.start_ns))
    found = [_change(source, scope, row) for row in rows]
    return found[: settings.per_analyser]


def _change(source: ChangeSource, scope: Scope, row: ChangeRow) -> Evidence:
    minutes = (row.time_ns - scope.incident.start_ns) / NS / 60
    when = f"{abs(minutes):.1f} min {'before' if minutes < 0 else 'after'} the incident window began"
    subject = Subject(kind="change", service=row.service, name=row.reference or row.kind)
    whose = named(row.service) if row.service else "the system"
    by = f" by {named(row.author)}" if row.author else ""
    return Evidence(
        kind=EvidenceKind.CHANGE,
        subject=subject,
        statement=f"{row.kind} of {whose}{by} {when}: {quoted(row.summary or row.reference)}",
        effect=1.0,
        onset=onset_of(row.time_ns),
        query=source.query("changes", scope, subject),
        samples=(Sample(kind="change", ref=row.reference, text=f"{row.kind}: {row.summary}", times=(row.time_ns,)),),
    )


CHANGES = Analyser("changes", ("changes",), analyse_changes)
