"""Find the alert that an investigation begins from."""

from __future__ import annotations

from pathlib import Path

from tools.clock import now
from tools.errors import ConfigError, InputError, SourceError
from tools.live.alerts.alert import Alert, read_payload
from tools.live.alerts.condition import lead_seconds
from tools.live.alerts.sources import AlertSource
from tools.live.budget import Budget
from tools.live.kinds import open_kind
from tools.live.metrics.rules import Rule
from tools.live.opening import Opening
from tools.live.settings import BackendSettings, SourcesSettings
from tools.window import NS, TimeWindow, to_ns

LONGEST_SECONDS = 7200
"""Of an alert that fires for days only the beginning tells its cause."""


def find_alert(reference: str, settings: SourcesSettings, origin: Path) -> Alert:
    """Return the alert that a reference names.

    Args:
        reference: `SOURCE:FINGERPRINT`, the source by kind or name and the fingerprint or a beginning of it; or a
            file that holds what Alertmanager posted to a webhook, of which the first alert is taken.
        settings: where alerts are taken from.
        origin: the settings file.

    Raises:
        InputError: there is no such alert, or several.
        ConfigError: there is no such source.
        SourceError: it does not answer.
    """
    if Path(reference).is_file():
        return min(read_payload(Path(reference), to_ns(now())), key=lambda alert: alert.started_ns)
    kind, colon, wanted = reference.partition(":")
    if not (colon and wanted):
        raise InputError(f"cannot read the alert {reference!r}", "write alertmanager:FINGERPRINT, or name a file")
    backends = [backend for backend in settings.alerts if kind in (backend.kind, backend.name)]
    if not backends:
        raise ConfigError(f"{origin} names no source of alerts {kind!r}", "add [[sources.alerts]] with kind and url")
    alerts = [alert for backend in backends for alert in _alerts(backend, settings.budget_seconds, origin)]
    found = [alert for alert in alerts if alert.fingerprint.startswith(wanted)]
    if len({alert.fingerprint for alert in found}) != 1:
        known = ", ".join(f"{alert.fingerprint} ({alert.name})" for alert in alerts[:5]) or "none fires"
        raise InputError(f"{'several alerts begin with' if found else 'no alert'} {wanted!r}", f"known: {known}")
    return found[0]


def alert_window(alert: Alert, now_ns: int, rule: Rule | None = None) -> TimeWindow:
    """Return the incident window of an alert: from before it began, as its rule says, to its end, or to now."""
    start = alert.started_ns - round(lead_seconds(alert, rule) * NS)
    end = min(alert.ended_ns or now_ns, start + LONGEST_SECONDS * NS)
    return TimeWindow(start_ns=start, end_ns=max(end, alert.started_ns + NS))


def _alerts(backend: BackendSettings, budget: float, origin: Path) -> list[Alert]:
    moment = to_ns(now())
    horizon = TimeWindow(start_ns=moment - LONGEST_SECONDS * NS, end_ns=moment)
    source = open_kind(Opening(backend, "alerts", horizon, Budget(budget), origin))
    if not isinstance(source, AlertSource):
        raise SourceError(f"{source.name} is no source of alerts", "")
    try:
        return source.alerts()
    finally:
        source.close()
