"""`whydown ci github`: one finished run, from its number to the comment."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from agent.ci.analyse import analyse
from agent.ci.comment import RunLink, to_comment
from agent.ci.github.gather import FAILED, Target, find_target, gather
from agent.ci.github.post import marker_of, post_failure, post_success
from agent.ci.github.repository import Repository
from agent.ci.github.transport import Transport
from agent.schema import Report
from tools.config import Settings
from tools.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Handled:
    """What was done: created, edited, kept, flaky, resolved, none, printed; and the comment and report, if any."""

    action: str
    comment: str = ""
    report: Report | None = None


def open_repository(settings: Settings, name: str) -> Repository:
    """Return a repository with the token from the settings.

    Raises:
        ConfigError: there is no token.
        InputError: the name has another form than owner/repo.
    """
    if not settings.ci.token.get_secret_value():
        raise ConfigError("no GitHub token", "set WHYDOWN_CI__TOKEN, in a workflow to ${{ github.token }}")
    return Repository(Transport(settings.ci.token, settings.ci.api), name)


def handle_run(
    repository: Repository, run_id: int, settings: Settings, *, dry_run: bool = False, own_run: int = 0
) -> Handled:
    """Explain a run that failed, or tell that one passed.

    Without a pull request, as for a run of the main branch, the comment is returned and posted nowhere.

    Args:
        repository: where it ran.
        run_id: the run to explain.
        settings: the configuration.
        dry_run: return the comment, change nothing.
        own_run: number of the run that does this and will keep the report as an artifact, 0 for none.

    Raises:
        CodeHostError: GitHub refuses or cannot be reached.
        InputError: the run has neither failed nor passed.
    """
    target = find_target(repository, run_id)
    link = link_of(repository, target, settings)
    if target.run.conclusion not in FAILED and target.run.conclusion == "success":
        if dry_run or target.pull is None:
            return Handled("none")
        return Handled(post_success(repository, target.pull.number, link, settings.ci.author).action)
    with tempfile.TemporaryDirectory(prefix="whydown-") as scratch:
        found = gather(repository, target, Path(scratch))
        report = analyse(found.run, settings)
    link = link.model_copy(update={"jobs": found.jobs})
    kind = report.classification.kind.value if report.classification else ""
    comment = to_comment(report, link, head=marker_of(link, own_run, kind).text())
    if dry_run or target.pull is None:
        return Handled("printed", comment, report)
    posted = post_failure(repository, target.pull.number, link, comment, settings.ci.author)
    return Handled(posted.action, comment, report)


def link_of(repository: Repository, target: Target, settings: Settings) -> RunLink:
    """Return where a run is, from what GitHub said of it."""
    run = target.run
    return RunLink(
        repo=repository.name,
        run_id=run.id,
        attempt=run.run_attempt,
        sha=run.head_sha,
        workflow=str(run.workflow_id or run.name or "ci"),
        server=settings.ci.server,
    )
