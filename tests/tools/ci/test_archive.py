from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tools.ci import archive
from tools.ci.archive import read_job_logs, read_log_zip
from tools.errors import FormatError


def packed(members: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return buffer.getvalue()


def test_whole_jobs_are_preferred_to_their_steps() -> None:
    logs = read_log_zip(
        packed({"0_build (3.11).txt": "whole", "build (3.11)/1_Set up.txt": "step", "lint/2_Run.txt": "only steps"})
    )
    assert [(log.name, log.text) for log in logs] == [("build (3.11)", "whole"), ("lint/2_Run", "only steps")]


def test_a_plain_file_is_one_job(tmp_path: Path) -> None:
    file = tmp_path / "unit.log"
    file.write_bytes(b"caf\xc3\xa9 \xff")
    (log,) = read_job_logs(file)
    assert (log.name, log.text, log.source) == ("unit", "café \ufffd", str(file))


def test_a_zip_is_recognised_by_content(tmp_path: Path) -> None:
    file = tmp_path / "logs"
    file.write_bytes(packed({"1_unit.txt": "x"}))
    assert [log.name for log in read_job_logs(file)] == ["unit"]


def test_other_files_of_an_archive_are_passed_over() -> None:
    assert [log.name for log in read_log_zip(packed({"1_unit.txt": "x", "picture.png": b"\x89"}))] == ["unit"]


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:evil.txt", "..\\evil.txt"])
def test_paths_that_leave_the_root_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="leaves its root"):
        read_log_zip(packed({name: "x"}))


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1_000)
    with pytest.raises(FormatError, match="too large"):
        read_log_zip(packed({"1_unit.txt": b"0" * 1_001}))


def test_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    with pytest.raises(FormatError, match="too much"):
        read_log_zip(packed({f"{n}_job.txt": "x" for n in range(3)}))


def test_a_truncated_archive_is_named() -> None:
    data = packed({"1_unit.txt": "some text " * 50})
    with pytest.raises(FormatError, match="damaged archive"):
        read_log_zip(data[: len(data) // 2], "run.zip")


def test_a_missing_file_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no job log at"):
        read_job_logs(tmp_path / "none.zip")
