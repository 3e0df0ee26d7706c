"""What a fork uploads is hostile: nothing of it may leave its folder, run, or exhaust the runner."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from agent.ci.github import artifact
from agent.ci.github.artifact import unpack
from tests.agent.ci.github.fake import packed
from tools.ci import archive
from tools.errors import FormatError

REPORT = b'<testsuite><testcase classname="cart" name="total"><failure message="m">t</failure></testcase></testsuite>'


def test_test_reports_and_the_incident_folder_are_read(tmp_path: Path) -> None:
    found = unpack(
        packed(
            {
                "junit/cart.xml": REPORT,
                "incident/incident.json": "{}",
                "incident/traces.parquet": b"PAR1",
                "incident/baseline/traces.parquet": b"PAR1",
                "notes.txt": "not read",
            }
        ),
        tmp_path,
    )
    assert [case.id for case in found.tests] == ["cart::total"]
    assert found.folder == tmp_path / "incident"
    written = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert written == {
        "incident/incident.json",
        "incident/traces.parquet",
        "incident/baseline/traces.parquet",
    }


def test_without_an_incident_folder_nothing_is_written(tmp_path: Path) -> None:
    assert unpack(packed({"cart.xml": REPORT}), tmp_path).folder is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "../incident/traces.parquet",
        "/incident/traces.parquet",
        "a/../../incident/traces.parquet",
        "..\\..\\incident\\traces.parquet",
        "C:/incident/traces.parquet",
    ],
)
def test_paths_that_leave_the_archive_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="leaves its root"):
        unpack(packed({name: b"x"}), tmp_path / "inside")
    assert not (tmp_path / "incident").exists()


@pytest.mark.parametrize(
    "name",
    [
        "incident/whydown.toml",
        "incident/conftest.py",
        "incident/.git/hooks/pre-commit",
        "incident/sub/traces.parquet",
        "incident/TRACES.PARQUET",
        "incident/traces.parquet.exe",
        "incident/..parquet",
    ],
)
def test_files_of_unknown_names_are_not_written(name: str, tmp_path: Path) -> None:
    assert unpack(packed({name: b"x"}), tmp_path).folder is None
    assert list(tmp_path.iterdir()) == []


def test_links_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        link = zipfile.ZipInfo("incident/traces.parquet")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    with pytest.raises(FormatError, match="holds a link"):
        unpack(buffer.getvalue(), tmp_path)


def test_two_files_of_one_name_stay_within_the_folder(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("incident/incident.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("incident/incident.json", "[]")
    assert unpack(buffer.getvalue(), tmp_path).folder == tmp_path / "incident"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 10_000)
    with pytest.raises(FormatError, match="unpacks to too much"):
        unpack(packed({f"{n}.xml": b"0" * 4_000 for n in range(3)}), tmp_path)


def test_a_huge_incident_json_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "MAX_JSON", 10)
    with pytest.raises(FormatError, match=r"incident\.json of the artifact is too large"):
        unpack(packed({"incident/incident.json": " " * 11}), tmp_path)


@pytest.mark.parametrize(
    "report",
    [
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><testsuite name="&a;"/>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuite name="&b;"/>',
        b"<testsuite>",
        b"\x00\x01",
    ],
)
def test_bad_test_reports_are_refused(report: bytes, tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        unpack(packed({"junit.xml": report}), tmp_path)


DAMAGED = {"nothing": b"", "two bytes": b"PK", "text": b"not a zip", "cut off": packed({"a.xml": REPORT})[:60]}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_damaged_archives_are_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="damaged archive"):
        unpack(data, tmp_path)


def test_encrypted_archives_are_refused(tmp_path: Path) -> None:
    data = bytearray(packed({"a.xml": REPORT}))
    data[6] |= 1  # the flag for encryption, in the local header …
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1  # … and in the directory
    with pytest.raises(FormatError, match="damaged archive"):
        unpack(bytes(data), tmp_path)
