"""Where on GitHub's page a line of a job's log is: the link `#step:N:L` counts lines within their step.

The log of a job does not say where its steps begin, but GitHub tells when they began, to the second, and a step's
first line is `##[group]Run …`. Lines that end a group are not shown and are not counted. A step whose first line
cannot be told has no link of its own.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from agent.ci.comment import JobLink, StepStart
from agent.ci.github.models import Job, Step

_FIRST = re.compile(r"^\ufeff?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z ##\[group\]Run ")
_RUNNERS_OWN = re.compile(r"Set up job$|Complete job$|Initialize containers$|Stop containers$|(?:Pre|Post) ")
_SECOND = dt.timedelta(seconds=1)


def job_link(job: Job, log: str) -> JobLink:
    """Return the job's link, with the first line of every step whose beginning can be told."""
    lines = log.split("\n")
    hidden = tuple(number for number, line in enumerate(lines, 1) if "##[endgroup]" in line[:60])
    return JobLink(name=job.name, id=job.id, steps=tuple(_starts(lines, job.steps)), hidden=hidden)


def _starts(lines: Sequence[str], steps: Sequence[Step]) -> list[StepStart]:
    begun = [
        (number, dt.datetime.fromisoformat(found[1] + "+00:00"))
        for number, line in enumerate(lines, 1)
        if (found := _FIRST.match(line))
    ]
    starts: list[StepStart] = []
    for step in sorted(steps, key=lambda one: one.number):
        if step.started_at is None or _RUNNERS_OWN.match(step.name):
            continue
        after = starts[-1].line if starts else 0
        end = step.completed_at or step.started_at
        line = next((n for n, at in begun if n > after and step.started_at <= at < end + _SECOND), 0)
        starts += [StepStart(step.number, line)] if line else []
    return starts
