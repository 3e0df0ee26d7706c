from __future__ import annotations

import pytest

from agent.ci.comment import JobLink, RunLink
from agent.ci.github.models import Job
from agent.ci.github.steps import job_link

LOG = """\ufeff2026-11-24T10:00:00.1Z Current runner version: '2.3'
2026-11-24T10:00:00.2Z ##[group]Operating System
2026-11-24T10:00:00.2Z ##[endgroup]
2026-11-24T10:00:01.5Z ##[group]Run actions/checkout@v4
2026-11-24T10:00:01.5Z with:
2026-11-24T10:00:01.5Z ##[endgroup]
2026-11-24T10:00:01.9Z Syncing repository
2026-11-24T10:00:02.1Z ##[group]Run pytest
2026-11-24T10:00:02.1Z pytest -q
2026-11-24T10:00:02.1Z ##[endgroup]
2026-11-24T10:00:09.0Z FAILED test_total
"""
TIMES = [("Set up job", 0, 1), ("Run actions/checkout@v4", 1, 2), ("Lint", None, None), ("Test", 2, 9)]


def job(times: list[tuple[str, int | None, int | None]]) -> Job:
    steps = [
        {"name": name, "number": number, "started_at": at(begin), "completed_at": at(end)}
        for number, (name, begin, end) in enumerate(times, 1)
    ]
    return Job.model_validate({"id": 7, "name": "build", "steps": steps})


def at(second: int | None) -> str | None:
    return None if second is None else f"2026-11-24T10:00:{second:02}Z"


@pytest.mark.parametrize(
    ("line", "anchor"),
    [(1, ""), (4, "#step:2:1"), (7, "#step:2:3"), (8, "#step:4:1"), (9, "#step:4:2"), (11, "#step:4:3")],
)
def test_a_line_is_found_within_its_step(line: int, anchor: str) -> None:
    assert job_link(job(TIMES), LOG).anchor(line) == anchor


@pytest.mark.parametrize("log", ["", "no stamps\n##[group]Run pytest\n", LOG.replace("2026", "1999")])
def test_a_step_that_cannot_be_placed_has_no_link(log: str) -> None:
    assert job_link(job(TIMES), log).steps == ()


def test_a_line_links_to_its_job_and_a_foreign_job_to_the_run() -> None:
    link = JobLink(name="build", id=7)
    run = RunLink(repo="octo/shop", run_id=1, jobs=(link,))
    assert run.line_url("build", 3) == "https://github.com/octo/shop/actions/runs/1/job/7"
    assert run.line_url("](https://evil.example)", 3) == run.url
    assert RunLink(jobs=(link,)).line_url("build", 3) == ""
