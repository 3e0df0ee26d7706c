from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.errors import ConfigError, FormatError, InputError
from tools.live.alerts import parse_alert, read_payload
from tools.live.alerts.condition import LEAD_SECONDS
from tools.live.alerts.find import LONGEST_SECONDS, alert_window, find_alert
from tools.live.settings import SourcesSettings
from tools.window import NS, parse_moment

NOW = parse_moment("2026-11-24T12:00:00Z")
STARTED = parse_moment("2026-11-24T11:40:00Z")


def raw(**fields: Any) -> dict[str, Any]:
    return {
        "fingerprint": "f00d",
        "labels": {"alertname": "SlowCheckout", "service": "checkout", "severity": "page"},
        "annotations": {"summary": "p99 above 2 s\n for 5 minutes"},
        "startsAt": "2026-11-24T12:40:00.000+01:00",
        "endsAt": "0001-01-01T00:00:00Z",
        **fields,
    }


def test_an_alert_says_what_where_and_since_when() -> None:
    alert = parse_alert(raw(), NOW)
    assert alert.symptom == "alert SlowCheckout on checkout: p99 above 2 s for 5 minutes"
    assert (alert.fingerprint, alert.started_ns, alert.ended_ns) == ("f00d", STARTED, None)


@pytest.mark.parametrize(
    ("end", "ended"),
    [("2026-11-24T12:05:00Z", None), ("2026-11-24T11:50:00Z", parse_moment("2026-11-24T11:50:00Z")), (None, None)],
)
def test_an_end_to_come_is_no_end(end: str | None, ended: int | None) -> None:
    assert parse_alert(raw(endsAt=end), NOW).ended_ns == ended


@pytest.mark.parametrize(
    ("broken", "field"),
    [({"startsAt": "soon"}, "startsAt"), ({"labels": [1]}, "labels"), ({"startsAt": None}, "starts")],
)
def test_a_broken_alert_names_the_field(broken: dict[str, Any], field: str) -> None:
    with pytest.raises(FormatError, match=field):
        parse_alert(raw(**broken), NOW)


def test_the_window_begins_before_the_alert() -> None:
    window = alert_window(parse_alert(raw(), NOW), NOW)
    assert window.start_ns == STARTED - LEAD_SECONDS * NS
    assert window.end_ns == NOW


def test_of_a_resolved_alert_the_window_ends_with_it() -> None:
    alert = parse_alert(raw(endsAt="2026-11-24T11:50:00Z"), NOW)
    assert alert_window(alert, NOW).end_ns == alert.ended_ns


def test_of_an_old_alert_the_beginning_is_looked_at() -> None:
    window = alert_window(parse_alert(raw(startsAt="2026-11-01T00:00:00Z"), NOW), NOW)
    assert window.seconds == LONGEST_SECONDS


def test_a_clock_that_is_behind_gives_no_empty_window() -> None:
    assert alert_window(parse_alert(raw(startsAt="2026-11-24T13:00:00Z"), NOW), NOW).seconds > LEAD_SECONDS


def test_a_webhook_payload_gives_its_first_alert(tmp_path: Path) -> None:
    later = raw(fingerprint="beef", startsAt="2026-11-24T11:45:00Z")
    file = tmp_path / "payload.json"
    file.write_text(json.dumps({"version": "4", "status": "firing", "alerts": [later, raw()]}))
    assert len(read_payload(file, NOW)) == 2
    assert find_alert(str(file), SourcesSettings(), file).fingerprint == "f00d"


@pytest.mark.parametrize("text", ["[]", "{}", '{"alerts": []}', "no"])
def test_what_is_no_payload(tmp_path: Path, text: str) -> None:
    (tmp_path / "payload.json").write_text(text)
    with pytest.raises(FormatError):
        find_alert(str(tmp_path / "payload.json"), SourcesSettings(), tmp_path)


def test_a_reference_needs_a_source(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="alertmanager:FINGERPRINT"):
        find_alert("f00d", SourcesSettings(), tmp_path)
    with pytest.raises(ConfigError, match=r"\[\[sources\.alerts\]\]"):
        find_alert("alertmanager:f00d", SourcesSettings(), tmp_path)
