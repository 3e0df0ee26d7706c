"""`whydown ci …`: the PR bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsJson, Config, ShowPrompts

app = typer.Typer(no_args_is_help=True)
Repo = Annotated[str, typer.Option(help="repository", metavar="OWNER/REPO")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="print the comment, change nothing on GitHub")]


@app.callback()
def _group() -> None:
    """Explain failed runs of continuous integration, as a comment on the pull request."""


@app.command()
def analyse(
    log: Annotated[list[Path] | None, typer.Option(help="job log, as text or zip (repeatable)", metavar="FILE")] = None,
    junit: Annotated[
        list[Path] | None, typer.Option(help="JUnit XML file or folder (repeatable)", metavar="PATH")
    ] = None,
    earlier: Annotated[
        list[Path] | None, typer.Option(help="log of a successful run to compare with (repeatable)", metavar="FILE")
    ] = None,
    diff: Annotated[Path | None, typer.Option(help="the change, as a unified diff", metavar="FILE")] = None,
    codeowners: Annotated[Path | None, typer.Option(help="CODEOWNERS file", metavar="FILE")] = None,
    folder: Annotated[Path | None, typer.Option(help="incident folder recorded during the tests")] = None,
    show_prompts: ShowPrompts = False,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Explain a failed run from files, and print the comment instead of posting it."""
    from agent.ci.analyse import analyse as explain
    from agent.ci.comment import RunLink, to_comment
    from agent.ci.files import run_from_files
    from agent.cli.output import print_prompts
    from agent.render import to_json
    from tools.config import load_settings

    run = run_from_files(
        log or [], junit=junit or [], earlier=earlier or [], diff=diff, codeowners=codeowners, folder=folder
    )
    settings = load_settings(config)
    report = explain(run, settings, progress=lambda step: typer.echo(f"the model asks: {step}", err=True))
    if show_prompts:
        print_prompts(settings.runs, report.run_id)
    typer.echo(to_json(report) if as_json else to_comment(report, RunLink()), nl=as_json)


@app.command()
def github(
    repo: Repo,
    run_id: Annotated[int, typer.Option(help="number of the finished run", min=1)],
    out: Annotated[Path | None, typer.Option(help="write the report to this file as JSON", metavar="FILE")] = None,
    own_run: Annotated[
        int, typer.Option(help="number of the run that this is; it keeps the report for replies", min=0)
    ] = 0,
    dry_run: DryRun = False,
    config: Config = None,
) -> None:
    """Explain a failed run of GitHub Actions in one comment on its pull request."""
    from agent.ci.github.handle import handle_run, open_repository
    from agent.render import to_json
    from tools.config import load_settings

    settings = load_settings(config)
    handled = handle_run(open_repository(settings, repo), run_id, settings, dry_run=dry_run, own_run=own_run)
    if out is not None and handled.report is not None:
        out.write_text(to_json(handled.report) + "\n", encoding="utf-8")
    if handled.action == "printed":
        typer.echo(handled.comment, nl=False)
    else:
        typer.echo(f"comment: {handled.action}", err=True)


@app.command()
def reply(
    repo: Repo,
    comment_id: Annotated[int, typer.Option(help="number of a comment that begins with /whydown", min=1)],
    dry_run: DryRun = False,
    config: Config = None,
) -> None:
    """Answer `/whydown confirm|wrong|why …` of somebody who may write to the repository."""
    from agent.ci.github.handle import open_repository
    from agent.ci.github.reply import handle_reply, open_contents
    from tools.config import load_settings

    settings = load_settings(config)
    repository, contents = open_repository(settings, repo), open_contents(settings.ci)
    replied = handle_reply(repository, contents, comment_id, settings, dry_run=dry_run)
    typer.echo(replied.text, nl=False)
    typer.echo(f"reply: {replied.action}", err=True)


@app.command()
def feedback(
    repo: Repo,
    days: Annotated[int, typer.Option(help="comments of the last so many days", min=1, max=3_650)] = 30,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Count what people thought of the comments: reactions, confirmed, wrong."""
    import datetime as dt

    from agent.ci.github.handle import open_repository
    from agent.ci.github.usefulness import count_usefulness
    from agent.ci.replies.table import feedback_json, feedback_table
    from tools.clock import now
    from tools.config import load_settings

    settings = load_settings(config)
    since = now() - dt.timedelta(days=days)
    rows = count_usefulness(open_repository(settings, repo), since, settings.ci.author)
    typer.echo(feedback_json(rows) if as_json else feedback_table(rows))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on", min=1, max=65_535)] = 8_787,
    config: Config = None,
) -> None:
    """Listen for GitHub's webhooks, and comment on runs as they end."""
    from agent.ci.webhook.serve import serve as run_server
    from tools.config import load_settings

    run_server(load_settings(config), host, port)
