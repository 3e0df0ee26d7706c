"""Opening a folder: which sources answer, and the two JSON files beside the telemetry."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import INCIDENT, T0, Folder, Log, Span, window
from tools.config import StoreSettings
from tools.errors import FormatError
from tools.evidence import Subject
from tools.incident import open_folder
from tools.sources.rows import Call, ChangeRow
from tools.store.open import open_telemetry
from tools.window import NS, Scope, TimeWindow


def test_sources_that_are_missing_or_dropped_are_none(tmp_path: Path) -> None:
    folder = Folder(tmp_path).spans(Span("t", "a")).logs(Log("a", "x")).change(5, "a").topology(("a", "b", 3))
    assert folder.open().available() == {"traces": True, "logs": True, "metrics": False, "changes": True}
    drop = frozenset({"logs", "changes", "topology"})
    telemetry = open_telemetry(open_folder(tmp_path), StoreSettings(), drop)
    assert telemetry.available() == {"traces": True, "logs": False, "metrics": False, "changes": False}
    assert telemetry.graph == ()


def test_changes_inside_a_window_oldest_first(tmp_path: Path) -> None:
    folder = Folder(tmp_path).logs(Log("a", "x")).change(80, "b", "flag", "off", "f1").change(70, "a").change(300, "a")
    source = folder.change_source()
    assert source.changes(INCIDENT) == [
        ChangeRow((T0 + 70) * NS, "deploy", "a", "", "", ""),
        ChangeRow((T0 + 80) * NS, "flag", "b", "", "f1", "off"),
    ]
    assert source.services() == ["a", "b"]
    assert source.extent() == TimeWindow(start_ns=(T0 + 70) * NS, end_ns=(T0 + 300) * NS + 1)
    assert source.degradations() == []


def test_no_change_at_all_has_no_extent(tmp_path: Path) -> None:
    (tmp_path / "changes.json").write_text("[]")
    source = Folder(tmp_path).logs(Log("a", "x")).change_source()
    assert source.extent() is None
    assert source.changes(INCIDENT) == []


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("changes.json", "{", "not JSON"),
        ("changes.json", "{}", "not a list of changes: Input should be a valid list"),
        ("changes.json", "[{}]", "0.time_unix: Field required"),
        ("changes.json", '[{"time_unix": NaN}]', "0.time_unix"),
        ("changes.json", '[{"time_unix": 1.7e12}]', "0.time_unix"),
        ("topology.json", "[]", "not a topology"),
        ("topology.json", '{"edges": [["a", "b"]]}', "edges.0.2: Field required"),
        ("topology.json", '{"edges": [["a", "b", "many"]]}', "edges.0.2"),
    ],
)
def test_a_bad_file_says_where(tmp_path: Path, name: str, content: str, problem: str) -> None:
    folder = Folder(tmp_path).logs(Log("a", "x"))
    (tmp_path / name).write_text(content)
    with pytest.raises(FormatError, match=name) as caught:
        folder.open()
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_topology_is_read_as_calls(tmp_path: Path) -> None:
    folder = Folder(tmp_path).logs(Log("a", "x")).topology(("a", "b", 3), ("b", "c", 1))
    assert folder.open().graph == (Call("a", "b", 3), Call("b", "c", 1))


def test_queries_are_commands_quoted_for_a_shell(tmp_path: Path) -> None:
    source = Folder(tmp_path / "it's here").logs(Log("a", "x")).log_source()
    subject = Subject(kind="template", service="a", name="took <*> ms; rm -rf /")
    command = source.query("lines", Scope.of(INCIDENT, [window(0, 60)]), subject)
    assert command.startswith("whydown show '")
    assert " logs --table lines --incident " in command
    assert command.endswith("--service a --name 'took <*> ms; rm -rf /'")
