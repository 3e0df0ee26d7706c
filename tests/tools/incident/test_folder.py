"""Incident folders: what is found, and one clear line for everything that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import Folder, Log, Span
from tools.errors import FolderError, FormatError
from tools.incident import IncidentFile, open_folder, read_incident_file
from tools.incident.folder import find_baseline


def one_span(path: Path) -> Folder:
    return Folder(path).spans(Span("t", "a"))


def test_finds_single_files_parts_and_companions(tmp_path: Path) -> None:
    folder = one_span(tmp_path).spans(Span("t", "b")).spans(Span("t", "c")).logs(Log("front", "hello"))
    folder.change(0, "front").topology(("front", "back", 3))
    found = open_folder(tmp_path)
    assert [path.name for path in found.signals["traces"]] == [
        "traces.parquet",
        "part-0000.parquet",
        "part-0001.parquet",
    ]
    assert set(found.signals) == {"traces", "logs"}
    assert found.changes == tmp_path / "changes.json"
    assert found.topology == tmp_path / "topology.json"
    assert found.baseline == {}
    assert found.file == IncidentFile()


def test_parts_may_lie_in_subfolders_and_unfinished_ones_are_ignored(tmp_path: Path) -> None:
    one_span(tmp_path)
    hour = tmp_path / "traces" / "2026-11-24" / "10"
    hour.mkdir(parents=True)
    (tmp_path / "traces.parquet").rename(hour / "part.parquet")
    (hour / "next.parquet.partial").write_bytes(b"PAR1")
    assert open_folder(tmp_path).signals == {"traces": [hour / "part.parquet"]}


@pytest.mark.parametrize("where", ["nowhere", "file.txt", "x" * 5000])
def test_no_folder_is_one_line(tmp_path: Path, where: str) -> None:
    (tmp_path / "file.txt").write_text("")
    with pytest.raises(FolderError) as caught:
        open_folder(tmp_path / where)
    assert "\n" not in str(caught.value)


def test_an_empty_folder_says_what_to_put_there(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    (tmp_path / "metrics.parquet").mkdir()
    with pytest.raises(FolderError, match=r"nothing to investigate.*put traces\.parquet"):
        open_folder(tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a valid incident: Input should be"),
        (b'{"schema_version": 2}', "schema_version: Input should be 1"),
        (b'{"fault_window_unix": [1, 2, 3]}', "fault_window_unix"),
        (b'{"fault_window_unix": [NaN, 2]}', "fault_window_unix.0"),
        (b'{"symptom_start_unix": Infinity}', "less than"),
        (b'{"symptom_start_unix": 1700000000000}', "less than"),
        (b'{"fault_windows_unix": [1, 2]}', "no field 'fault_windows_unix': did you mean 'fault_window_unix'?"),
        (b'{"fault_window_unix{}": [1, 2]}', "did you mean 'fault_window_unix'?"),
        (b'{"service": 5}', "service: Input should be a valid string"),
    ],
)
def test_a_bad_incident_file_says_where(tmp_path: Path, content: bytes, problem: str) -> None:
    one_span(tmp_path)
    (tmp_path / "incident.json").write_bytes(content)
    with pytest.raises(FormatError, match=r"incident\.json") as caught:
        open_folder(tmp_path)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_incident_file_that_is_a_folder(tmp_path: Path) -> None:
    one_span(tmp_path)
    (tmp_path / "incident.json").mkdir()
    with pytest.raises(FormatError, match="cannot be opened"):
        open_folder(tmp_path)


def test_unknown_fields_and_a_byte_order_mark_are_accepted(tmp_path: Path) -> None:
    text = json.dumps({"schema_version": 1, "case_id": "x", "answer": "hidden", "symptom_start_unix": 1.7e9})
    (tmp_path / "incident.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    file = read_incident_file(tmp_path)
    assert (file.case_id, file.symptom_start_unix) == ("x", 1.7e9)
    assert "answer" not in file.model_dump()


def test_baseline_is_found_beside_above_or_by_default(tmp_path: Path) -> None:
    case = tmp_path / "set" / "cases" / "one"
    one_span(case)
    one_span(tmp_path / "set" / "normal" / "monday")
    assert find_baseline(case, "normal/monday") == tmp_path / "set" / "normal" / "monday"
    assert find_baseline(case, str(tmp_path / "set" / "normal" / "monday")) is not None
    assert find_baseline(case, "") is None
    one_span(case / "baseline")
    assert find_baseline(case, "") == case / "baseline"
    assert list(open_folder(case).baseline) == ["traces"]
    assert open_folder(case, baseline=False).baseline == {}


def test_a_named_baseline_must_be_there(tmp_path: Path) -> None:
    one_span(tmp_path).incident(baseline="normal/monday")
    with pytest.raises(FolderError, match=r"normal/monday.*is missing"):
        open_folder(tmp_path)
    assert open_folder(tmp_path, baseline=False).baseline_path is None
