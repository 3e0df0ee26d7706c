"""Intake: which windows are compared, and who chose them."""

from pathlib import Path

import pytest

from agent.investigation.intake import intake
from agent.investigation.investigate import open_context
from agent.investigation.state import State, scope_of, windows_of
from agent.schema import HALVES, Incident
from tests.builders import T0, Folder, Log, Span, shop, window
from tools.config import Settings
from tools.errors import UnknownServiceError, WindowError
from tools.window import Scope, TimeWindow


def take(folder: Path, **fields: object) -> State:
    incident = Incident.model_validate({"folder": folder, **fields})
    return intake({}, open_context(incident, Settings(), "run", None))


def scope(folder: Path, **fields: object) -> Scope:
    return scope_of(take(folder, **fields))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Five minutes of calm and two in which the bank is slow."""
    return Folder(tmp_path / "in").spans(*shop(0, 300), *shop(300, 120, {"bank": 900.0}))


def test_the_user_has_the_first_word(folder: Folder) -> None:
    folder.incident()
    state = take(folder.path, incident_window=window(200, 260), baseline_window=window(100, 200))
    assert (scope_of(state).incident, scope_of(state).baseline) == (window(200, 260), (window(100, 200),))
    assert windows_of(state).chosen_by == "user"


def test_incident_json_has_the_second(folder: Folder) -> None:
    folder.incident()
    state = take(folder.path)
    assert (scope_of(state).incident, scope_of(state).baseline) == (window(60, 120), (window(0, 60),))
    assert windows_of(state).chosen_by == "incident.json"


def test_a_symptom_start_cuts_the_data(folder: Folder) -> None:
    found = scope(folder.incident(symptom_start_unix=T0 + 310).path)
    assert found.incident.start_ns == window(310, 311).start_ns
    assert found.incident.end_ns >= window(0, 419).end_ns
    assert found.baseline[0].end_ns == found.incident.start_ns


def test_the_data_has_the_last(folder: Folder) -> None:
    state = take(folder.path)
    assert windows_of(state).chosen_by == "data"
    assert scope_of(state).incident.start_ns / 1e9 - T0 == pytest.approx(300, abs=10)
    assert scope_of(state).baseline[0].start_ns == window(0, 1).start_ns


def test_calm_data_is_cut_in_the_middle(tmp_path: Path) -> None:
    found = scope(Folder(tmp_path).spans(*shop(0, 300)).path)
    assert found.incident.seconds == pytest.approx(150, abs=2)
    assert windows_of(take(tmp_path)).chosen_by == HALVES
    assert windows_of(take(tmp_path, baseline_window=window(0, 100))).chosen_by == "data"
    assert found.baseline[0].end_ns == found.incident.start_ns


def test_a_baseline_never_overlaps_the_incident(folder: Folder) -> None:
    found = scope(folder.path, incident_window=window(100, 200), baseline_window=window(50, 300))
    assert found.baseline == (window(50, 100), window(200, 300))


def test_a_window_outside_the_data_is_refused(folder: Folder) -> None:
    with pytest.raises(WindowError, match="lies outside the data"):
        take(folder.path, incident_window=window(9000, 9100))


def test_an_incident_without_a_before_is_refused(folder: Folder) -> None:
    everything = TimeWindow(start_ns=window(0, 1).start_ns, end_ns=window(0, 999).end_ns)
    with pytest.raises(WindowError, match="there is no baseline"):
        take(folder.path, incident_window=everything)


def test_an_unknown_service_is_refused_with_those_known(folder: Folder) -> None:
    with pytest.raises(UnknownServiceError, match="known: bank, cart, front, pay"):
        take(folder.path, service="bnak")


def test_a_service_that_only_logs_is_known(folder: Folder) -> None:
    folder.logs(Log("mailer", "sent", at=5))
    assert scope(folder.path, service="mailer").baseline


def test_empty_telemetry_is_refused(tmp_path: Path) -> None:
    Folder(tmp_path).spans()
    with pytest.raises(WindowError, match="the telemetry is empty"):
        take(tmp_path)


def test_the_symptom_is_the_users_or_else_the_files(folder: Folder) -> None:
    folder.incident(description="checkout hangs")
    assert take(folder.path)["symptom"] == "checkout hangs"
    assert take(folder.path, symptom="no coffee")["symptom"] == "no coffee"


def test_all_signals_count_towards_the_extent(tmp_path: Path) -> None:
    Folder(tmp_path).spans(Span("t", "a", at=100)).logs(Log("front", "hi", at=0), Log("front", "ho", at=200))
    found = scope(tmp_path)
    assert found.incident.end_ns - found.baseline[0].start_ns >= 200 * 10**9
