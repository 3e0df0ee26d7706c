"""Changes: listed near the incident, innocent by default."""

from pathlib import Path

import pytest

from tests.builders import Folder, Log, ns, window
from tools.analysers.changes import LOOK_BACK_SECONDS, analyse_changes
from tools.config import SurveySettings
from tools.evidence import EvidenceKind, onset_of
from tools.window import Scope

SCOPE = Scope.of(window(4000, 4120), [window(3000, 4000)])
SETTINGS = SurveySettings()


def folder(path: Path) -> Folder:
    return Folder(path).logs(Log("front", "hi", at=10))


def test_a_change_is_told_with_its_distance(tmp_path: Path) -> None:
    telemetry = folder(tmp_path).change(3910, "pay", "deploy", "v2 is out", "abc123").open()
    (found,) = analyse_changes(telemetry, SCOPE, SETTINGS)
    assert (found.kind, found.subject.service, found.subject.name) == (EvidenceKind.CHANGE, "pay", "abc123")
    assert found.onset == onset_of(ns(3910))
    assert found.statement.startswith("deploy of pay")
    assert "1.5 min before the incident window began: “v2 is out”" in found.statement
    assert found.samples[0].ref == "abc123"


def test_nearness_alone_is_weak(tmp_path: Path) -> None:
    telemetry = folder(tmp_path).change(3999, "pay").change(1000, "cart").open()
    assert [e.effect for e in analyse_changes(telemetry, SCOPE, SETTINGS)] == [1.0, 1.0]


def test_the_nearest_comes_first_and_only_so_many_are_kept(tmp_path: Path) -> None:
    telemetry = folder(tmp_path).change(3000, "far").change(3980, "near").change(4060, "after").open()
    assert [e.subject.service for e in analyse_changes(telemetry, SCOPE, SETTINGS)] == ["near", "after", "far"]
    assert len(analyse_changes(telemetry, SCOPE, SurveySettings(per_analyser=2))) == 2


@pytest.mark.parametrize(
    ("at", "listed"),
    [(4000 - LOOK_BACK_SECONDS - 1, 0), (4000 - LOOK_BACK_SECONDS, 1), (4119, 1), (4120, 0)],
)
def test_an_hour_before_to_the_end_is_listed(tmp_path: Path, at: float, listed: int) -> None:
    assert len(analyse_changes(folder(tmp_path).change(at, "pay").open(), SCOPE, SETTINGS)) == listed


def test_a_change_of_no_service_is_of_the_system(tmp_path: Path) -> None:
    (found,) = analyse_changes(folder(tmp_path).change(4030, "", "flag", reference="dark-mode").open(), SCOPE, SETTINGS)
    assert found.statement == "flag of the system 0.5 min after the incident window began: “dark-mode”"


def test_without_changes_there_is_nothing(tmp_path: Path) -> None:
    assert analyse_changes(folder(tmp_path).open(), SCOPE, SETTINGS) == []
