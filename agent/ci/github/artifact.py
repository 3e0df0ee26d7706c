"""What a run uploaded: test reports and recorded telemetry. It may come from a fork, so it is hostile.

Nothing of it is executed. Only files of known names are written, below one empty folder, under names made here;
sizes and numbers are bounded before anything is unpacked; links are not followed; contents are checked where read.
"""

from __future__ import annotations

import re
import stat
import zipfile
from pathlib import Path
from typing import NamedTuple

from tools.ci.archive import checked_members, opened
from tools.ci.junit import TestResult, parse_junit
from tools.errors import FormatError

INCIDENT = re.compile(
    r"(?:^|/)incident/((?:baseline/)?(?:incident|changes|topology)\.json|(?:baseline/)?[a-z]+\.parquet)$"
)
"""Files of an incident folder, which must be called `incident` in the artifact."""
MAX_JUNIT = 500
MAX_JSON = 4 * 1024 * 1024


class Uploaded(NamedTuple):
    """Test results, and the incident folder if there is one."""

    tests: list[TestResult]
    folder: Path | None


def unpack(data: bytes, scratch: Path) -> Uploaded:
    """Read an artifact.

    Args:
        data: the zip archive.
        scratch: an empty folder that this may write to.

    Raises:
        FormatError: a damaged archive, paths that leave it, links, too much of anything, or a bad test report.
    """
    with opened(data, "the artifact is a damaged archive") as archive:
        members = checked_members(archive)
        if any(stat.S_ISLNK(member.external_attr >> 16) for member in members):
            raise FormatError("the artifact holds a link", "upload files only")
        reports = [member for member in members if member.filename.lower().endswith(".xml")][:MAX_JUNIT]
        tests = [case for member in reports for case in parse_junit(archive.read(member))]
        return Uploaded(tests, _write_incident(archive, members, scratch))


def _write_incident(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], scratch: Path) -> Path | None:
    folder = scratch / "incident"
    for member in members:
        found = INCIDENT.search(member.filename)
        if not found:
            continue
        if found[1].endswith(".json") and member.file_size > MAX_JSON:
            raise FormatError(f"{found[1]} of the artifact is too large", f"at most {MAX_JSON // 2**20} MiB are read")
        target = folder / found[1]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(member))
    return folder if folder.exists() else None
