"""From a failing integration test of the running shop to the comment on its pull request."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.ci.github.handle import Handled, handle_run
from agent.ci.sticky import read_marker
from agent.schema import FailureClass
from evals.testbed.suite.run import JUNIT, LOG, run_suite
from tests.agent.ci.github.fake import FakeGitHub, packed, pull_request, workflow_run
from tools.config import Settings

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> FakeGitHub:
    """Return GitHub after a run whose tests failed: the log it keeps, and the artifact that the run uploaded."""
    folder = tmp_path_factory.mktemp("suite") / "run"
    outcome = run_suite(
        folder, "inventory-exception", None, print, only="from_every_country or bought_cart or confirmed or orders"
    )
    assert outcome.failed
    return FakeGitHub(
        logs={1: (folder / LOG).read_text(encoding="utf-8")},
        artifacts=[{"id": 8, "name": "whydown", "size_in_bytes": 10, "expired": False}],
        archives={8: packed(uploaded(folder))},
    )


def uploaded(folder: Path) -> dict[str, bytes | str]:
    """Return what `upload-artifact` makes of the workflow in README: test reports, and telemetry as `incident`."""
    files = [path for path in folder.rglob("*") if path.suffix in {".json", ".parquet"}]
    told: dict[str, bytes | str] = {f"incident/{path.relative_to(folder)}": path.read_bytes() for path in files}
    return {"reports/junit.xml": (folder / JUNIT).read_bytes(), **told}


def handled(github: FakeGitHub, run: int, *, dry_run: bool = False) -> Handled:
    return handle_run(github.repository(), run, Settings(), dry_run=dry_run)


def test_the_dry_run_names_the_service_at_fault(failed: FakeGitHub) -> None:
    told = handled(failed, 100, dry_run=True)
    assert told.report is not None
    assert told.report.hypotheses[0].component == "inventory"
    assert "inventory" in told.comment.split("**Decisive lines**")[0]
    decisive = told.comment.split("**Decisive lines**")[1].split("<details>")[0]
    assert "Error" in decisive or "FAILED" in decisive, "which of pytest's lines are chosen depends on the failures"
    assert failed.comments == []


def test_the_comment_is_created_edited_and_resolved(failed: FakeGitHub) -> None:
    assert handled(failed, 100).action == "created"
    failed.run = workflow_run(100, attempt=2)
    assert handled(failed, 100).action == "edited"
    marker = read_marker(failed.comments[0]["body"])
    assert marker is not None
    assert marker.kind == FailureClass.REGRESSION
    failed.run, failed.pulls = workflow_run(101, "b" * 40, "success"), [pull_request(5, "b" * 40)]
    assert handled(failed, 101).action == "resolved"
    assert len(failed.comments) == 1
