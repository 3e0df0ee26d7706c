"""A pull request of a stranger controls its logs, tests, file names, job names and commits: all of them stay text."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import pytest

from agent.ci.comment import LIMIT
from agent.ci.github.handle import handle_run
from agent.ci.sticky import read_marker
from tests.agent.ci.github.fake import FakeGitHub, job, packed
from tests.agent.ci.markdown import HOSTILE, active
from tools.config import Settings

PAGE = "https://github.com/octo/shop/actions/runs/100"


def attacked(text: str, times: int = 1) -> FakeGitHub:
    """Return a failed run of a stranger who writes `text` wherever it can be written."""
    plain = "".join(c for c in text if c >= " " or c in "\t\n")
    case = f"<testcase classname={quoteattr(plain)} name={quoteattr(plain)} file={quoteattr(plain)}>"
    failure = f"<failure message={quoteattr(plain)}>{escape(plain)}</failure>"
    log = "\n".join(["##[group]Run make", f"ERROR: {text}", f"FAILED {text}", "##[error]exit code 1"] * times)
    return FakeGitHub(
        jobs={100: [job(1, text)]},
        logs={1: log},
        artifacts=[{"id": 8, "name": "whydown", "size_in_bytes": 10, "expired": False}],
        archives={8: packed({"junit.xml": f"<testsuite>{f'{case}{failure}</testcase>' * times}</testsuite>"})},
        files=[{"filename": text, "status": "modified", "patch": f"@@ -1,1 +1,2 @@\n+{text}"}],
        contents={".github/CODEOWNERS": f"* {text}\n"},
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strangers_text_stays_text(text: str) -> None:
    github = attacked(text)
    assert handle_run(github.repository(), 100, Settings()).action == "created"
    (comment,) = github.comments
    marker = read_marker(comment["body"])
    assert marker is not None
    assert (marker.run, marker.attempt) == (100, 1)
    links, html, headings = active(comment["body"])
    assert links <= {f"{PAGE}/attempts/1", f"{PAGE}/job/1"}
    assert set(html) == {"<!--", "<details", "<summary", "</summary", "</details", "<sub", "</sub"}
    assert headings == ["h3"]


def test_a_flood_is_cut_to_the_limit() -> None:
    github = attacked("@`<" * 3_000, times=300)
    assert handle_run(github.repository(), 100, Settings()).action == "created"
    assert len(github.comments[0]["body"]) <= LIMIT
    assert read_marker(github.comments[0]["body"]) is not None


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        (packed({"../../junit.xml": b"<testsuite/>"}), "a path in the archive leaves its root"),
        (packed({"junit.xml": b"<!DOCTYPE x><testsuite/>"}), "declares a document type"),
        (b"PK", "damaged archive"),
        (packed({"incident/incident.json": b"[]", "incident/traces.parquet": b"PAR1"}), "telemetry not read"),
    ],
)
def test_a_bad_artifact_is_told_and_does_not_silence_the_log(archive: bytes, told: str) -> None:
    github = attacked("the build broke")
    github.archives[8] = archive
    assert handle_run(github.repository(), 100, Settings()).action == "created"
    assert told in github.comments[0]["body"]
    assert "ERROR: the build broke" in github.comments[0]["body"]
