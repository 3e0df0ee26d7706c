"""Begin an investigation from an alert."""

from __future__ import annotations

from agent.investigation.place import is_live
from agent.schema import Incident
from tools.clock import now
from tools.config import load_settings
from tools.live.alerts.condition import find_rule, symptom_of
from tools.live.alerts.find import alert_window, find_alert
from tools.live.settings import SourcesSettings
from tools.window import to_ns


def from_alert(reference: str, incident: Incident) -> Incident:
    """Return an incident with symptom and window of an alert; what a person gave stays.

    Where its rule can be read, the window reaches back as far as the rule looks and waits, and the symptom has its
    condition. The service is told in the symptom only: an alert's labels may name one that sends no telemetry.

    Args:
        reference: see `tools.live.alerts.find`.
        incident: what is known besides; its folder is the settings file, or for a payload any folder.

    Raises:
        InputError: there is no such alert.
        ConfigError: there is no such source.
        SourceError: it does not answer.
    """
    sources = load_settings(incident.folder).sources if is_live(incident.folder) else SourcesSettings()
    alert, rule = find_rule(find_alert(reference, sources, incident.folder), sources, incident.folder)
    return incident.model_copy(
        update={
            "symptom": incident.symptom or symptom_of(alert, rule),
            "incident_window": incident.incident_window or alert_window(alert, to_ns(now()), rule),
        }
    )
