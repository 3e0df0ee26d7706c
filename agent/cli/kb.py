"""`whydown kb`: the knowledge base of postmortems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import AsJson, Config

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tools.config import KnowledgeSettings

app = typer.Typer(name="kb", help="Keep and search past incidents.", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option(help="knowledge folder; default knowledge.folder", metavar="FOLDER")]
Id = Annotated[str, typer.Argument(help="id such as PM-42", metavar="ID")]


def knowledge_settings(config: Path | None, folder: Path | None) -> KnowledgeSettings:
    """Return the knowledge section, with the folder of the command line where one is given."""
    from tools.config import load_settings

    settings = load_settings(config).knowledge
    return settings.model_copy(update={"folder": folder}) if folder else settings


def print_to_terminal(view: RenderableType) -> None:
    """Write a view to standard output."""
    from agent.render import open_console, print_view

    print_view(open_console(), view)


@app.callback()
def _group() -> None:
    """Keep and search past incidents."""


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="what is seen", metavar="TEXT")],
    service: Annotated[list[str] | None, typer.Option(help="service near the incident, may be repeated")] = None,
    limit: Annotated[int, typer.Option(help="matches shown", min=1, max=50)] = 5,
    as_json: AsJson = False,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Find similar incidents, with why they matched."""
    from agent.learning.knowledge import search_knowledge
    from agent.render.knowledge import found_json, found_view

    found = search_knowledge(knowledge_settings(config, folder), text, service or [], limit)
    if as_json:
        typer.echo(found_json(found))
    else:
        print_to_terminal(found_view(found))


@app.command()
def index(
    prune: Annotated[bool, typer.Option(help="drop leftovers on a shared server, too")] = False,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Bring the index up to date with the files; edits are also picked up by every search."""
    from agent.learning.knowledge import index_knowledge
    from agent.render.knowledge import problems_view

    count, problems, added, dropped = index_knowledge(knowledge_settings(config, folder), prune=prune)
    print_to_terminal(problems_view(problems))
    typer.echo(f"{count} postmortems indexed, {added} chunks embedded, {dropped} dropped, {len(problems)} problems")


@app.command()
def show(
    postmortem: Id,
    as_json: AsJson = False,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Show one postmortem in full."""
    from agent.render import to_json
    from agent.render.knowledge import postmortem_view
    from knowledge.base import knowledge_folder

    stored = knowledge_folder(knowledge_settings(config, folder)).get(postmortem)
    if as_json:
        typer.echo(to_json(stored.postmortem))
    else:
        print_to_terminal(postmortem_view(stored.postmortem, str(stored.path)))


@app.command()
def add(
    title: Annotated[str, typer.Argument(help="one line")],
    service: Annotated[list[str] | None, typer.Option(help="service at fault first, may be repeated")] = None,
    fault_kind: Annotated[str, typer.Option(help="what kind of fault it was")] = "unknown",
    symptoms: Annotated[str, typer.Option(help="what was seen")] = "",
    cause: Annotated[str, typer.Option(help="root cause")] = "",
    resolution: Annotated[str, typer.Option(help="what fixed it")] = "",
    owner: Annotated[str, typer.Option(help="who owns it")] = "",
    edit: Annotated[bool, typer.Option("--edit", help="open the file in $EDITOR")] = False,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Write a new draft; print the path of its file."""
    from agent.learning.editor import edit_file
    from agent.learning.knowledge import new_draft
    from knowledge.base import knowledge_folder
    from knowledge.curation import add_postmortem

    draft = new_draft(title, service or [], fault_kind, symptoms, cause, resolution, owner)
    stored = add_postmortem(knowledge_folder(knowledge_settings(config, folder)), draft)
    if edit:
        edit_file(stored.path)
    typer.echo(f"{stored.postmortem.id} {stored.path}")


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Markdown or JSON lines files, or folders of them")],
    field_map: Annotated[str, typer.Option("--map", help="FIELD=KEY+KEY,… for JSON records")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would be understood; write nothing")] = False,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Import foreign postmortems as drafts; show what was understood and what was not."""
    from agent.render.knowledge import import_view
    from knowledge.base import knowledge_folder
    from knowledge.curation import import_drafts
    from knowledge.importing import parse_field_map, read_sources

    mapped = parse_field_map(field_map) if field_map else None
    read = [read_sources(path, mapped) for path in paths]
    found = [item for items, _ in read for item in items]
    problems = [problem for _, items in read for problem in items]
    target = knowledge_folder(knowledge_settings(config, folder))
    written, skipped = ([], []) if dry_run else import_drafts(target, found)
    print_to_terminal(import_view(written, found, skipped, problems))


@app.command()
def confirm(
    postmortem: Id,
    by: Annotated[str, typer.Option(help="who vouches for it; default the name git knows", metavar="NAME")] = "",
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Vouch for a postmortem, so that investigations may recall it."""
    from agent.learning.person import person
    from knowledge.base import knowledge_folder
    from knowledge.curation import confirm_postmortem
    from tools.clock import now

    target = knowledge_folder(knowledge_settings(config, folder))
    stored = confirm_postmortem(target, postmortem, person(by), now())
    typer.echo(f"{stored.postmortem.id} confirmed by {stored.postmortem.provenance.confirmed_by}")


@app.command()
def merge(
    keep: Annotated[str, typer.Argument(help="id that stays", metavar="ID")],
    other: Annotated[str, typer.Argument(help="id whose text is taken over; it is then superseded", metavar="OTHER")],
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Merge two reports of one incident."""
    from knowledge.base import knowledge_folder
    from knowledge.curation import merge_postmortems

    stored = merge_postmortems(knowledge_folder(knowledge_settings(config, folder)), keep, other)
    typer.echo(f"{stored.postmortem.id} now holds both, {other} is superseded: {stored.path}")


@app.command()
def supersede(
    old: Annotated[str, typer.Argument(help="id that is replaced", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="id that replaces it", metavar="NEW")],
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Mark a postmortem as replaced; its file stays, search no longer finds it."""
    from knowledge.base import knowledge_folder
    from knowledge.curation import supersede as mark

    stored = mark(knowledge_folder(knowledge_settings(config, folder)), old, new)
    typer.echo(f"{stored.postmortem.id} superseded by {stored.postmortem.superseded_by}")


@app.command()
def review(folder: Folder = None, config: Config = None) -> None:
    """List what waits for a person: drafts, possible duplicates and recurrences, stale postmortems."""
    from agent.render import open_console, print_view
    from agent.render.knowledge import review_view
    from knowledge.base import knowledge_folder
    from knowledge.curation import review as queue
    from tools.clock import now

    settings = knowledge_settings(config, folder)
    console = open_console()
    waiting = queue(knowledge_folder(settings).read_all(), now().date(), settings.half_life_days)
    print_view(console, review_view(waiting, console.width))


@app.command()
def lint(folder: Folder = None, config: Config = None) -> None:
    """Check every file; exit with 1 when one has errors."""
    from agent.render.knowledge import problems_view
    from knowledge.base import knowledge_folder
    from knowledge.curation import lint as check
    from tools.clock import now

    listing = knowledge_folder(knowledge_settings(config, folder)).read_all()
    problems = check(listing, now().date())
    print_to_terminal(problems_view(problems))
    warnings = len(problems) - len(listing.problems)
    typer.echo(f"{len(listing.stored)} postmortems, {len(listing.problems)} errors, {warnings} warnings")
    if listing.problems:
        raise typer.Exit(1)


@app.command()
def stats(folder: Folder = None, config: Config = None) -> None:
    """Count coverage by service and fault kind, usefulness, recurrences."""
    from agent.render.knowledge import stats_view
    from knowledge.base import knowledge_folder
    from knowledge.curation import count, find_recurrences
    from tools.clock import now

    listing = knowledge_folder(knowledge_settings(config, folder)).read_all()
    patterns = find_recurrences(listing.postmortems(), now().date())
    print_to_terminal(stats_view(count(listing), patterns))


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="file to write, one JSON object a line", metavar="FILE")],
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Write all postmortems as JSON lines."""
    from knowledge.base import knowledge_folder
    from knowledge.curation.export import export_lines

    count = export_lines(knowledge_folder(knowledge_settings(config, folder)).read_all(), target)
    typer.echo(f"{count} postmortems written to {target}")
