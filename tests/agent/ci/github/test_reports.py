"""The report's artifact is hostile: whoever could replace it must gain nothing."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from agent.ci.github import reports
from agent.ci.github.reports import load_report, read_report
from tests.agent.ci.github.fake import FakeGitHub, packed, workflow_run
from tests.agent.ci.reports import ci_report
from tools.errors import CodeHostError, FormatError

GOOD = ci_report().model_copy(update={"run_id": "../../etc"}).model_dump_json()


def keeper(event: str = "workflow_run") -> FakeGitHub:
    listed = [{"id": number, "name": "whydown-report", "size_in_bytes": 9, "expired": False} for number in (8, 9, 7)]
    return FakeGitHub(
        run=workflow_run(500) | {"event": event},
        artifacts=listed,
        archives={7: b"", 8: b"", 9: packed({"report.json": GOOD})},
    )


def test_the_newest_report_is_read_and_named_by_us() -> None:
    report = load_report(keeper().repository(), 500)
    assert report.run_id == "ci-500"
    assert report.hypotheses[0].rank == 1


def test_nothing_is_asked_where_no_report_was_kept() -> None:
    github = keeper()
    with pytest.raises(FormatError, match="no report of this run was kept"):
        load_report(github.repository(), 0)
    assert github.requests == []


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "push", "issue_comment", ""])
def test_a_report_of_an_untrusted_run_is_not_downloaded(event: str) -> None:
    github = keeper(event)
    with pytest.raises(FormatError, match="may not be trusted"):
        load_report(github.repository(), 500)
    assert not [request for request in github.requests if request.url.path.endswith("/zip")]


def test_other_trouble_of_github_is_not_hidden() -> None:
    github = keeper()
    github.trouble = [httpx.Response(403, json={"message": "Resource not accessible by integration"})]
    with pytest.raises(CodeHostError, match="403"):
        load_report(github.repository(), 500)


def _bomb() -> bytes:
    return packed({"report.json": b" " * 2_000})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "damaged archive"),
        (b"PK\x03\x04", "damaged archive"),
        (packed({}), "exactly one report"),
        (packed({"a.json": GOOD, "b.json": GOOD}), "exactly one report"),
        (packed({"report.sh": GOOD}), "exactly one report"),
        (packed({"../report.json": GOOD}), "leaves its root"),
        (packed({"/report.json": GOOD}), "leaves its root"),
        (packed({"report.json": b"{"}), "no report of this version"),
        (packed({"report.json": b"[]"}), "no report of this version"),
        (packed({"report.json": b"\xff\xfe"}), "no report of this version"),
        (packed({"report.json": b"[" * 100_000}), "no report of this version"),
        (packed({"report.json": GOOD.replace('"E1"', '"E9"', 1)}), "no report of this version"),
    ],
)
def test_bad_artifacts_are_refused(data: bytes, told: str) -> None:
    with pytest.raises(FormatError, match=told):
        read_report(data)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_BYTES", 1_000)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *args: pytest.fail("it was unpacked"))
    with pytest.raises(FormatError, match="too large"):
        read_report(_bomb())


def test_a_size_that_is_a_lie_is_found() -> None:
    """The directory claims ten bytes; more than that is never unpacked."""
    data = bytearray(_bomb())
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    with pytest.raises(FormatError, match=r"damaged archive|no report"):
        read_report(bytes(data))
    assert zipfile.is_zipfile(io.BytesIO(data))
