"""`whydown confirm` and `whydown recurrences`."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.kb import Folder, knowledge_settings, print_to_terminal
from agent.cli.options import Config


def confirm(
    run: Annotated[str, typer.Argument(help="run id, the beginning of one, or last", metavar="RUN")] = "last",
    hypothesis: Annotated[int | None, typer.Option(help="rank of the right hypothesis", min=1, metavar="N")] = None,
    cause: Annotated[str, typer.Option(help="the cause in your words, added to or instead of a hypothesis")] = "",
    resolution: Annotated[str, typer.Option(help="what fixed it")] = "",
    validation: Annotated[str, typer.Option(help="how you know that it holds")] = "",
    component: Annotated[str, typer.Option(help="service at fault, if no hypothesis is right")] = "",
    fault_kind: Annotated[str, typer.Option(help="kind of fault, if no hypothesis says it rightly")] = "",
    by: Annotated[str, typer.Option(help="who vouches for it; default the name git knows", metavar="NAME")] = "",
    edit: Annotated[bool, typer.Option("--edit", help="open the postmortem in $EDITOR")] = False,
    folder: Folder = None,
    config: Config = None,
) -> None:
    """Confirm what caused an incident: its postmortem joins the knowledge base."""
    from agent.learning.capture import capture
    from agent.learning.draft import Verdict
    from agent.learning.editor import edit_file
    from agent.learning.knowledge import read_kind
    from agent.learning.person import person
    from agent.render.knowledge import captured_view
    from agent.runs import find_run
    from knowledge.base import knowledge_folder
    from tools.clock import now
    from tools.config import load_settings

    kind = read_kind(fault_kind) if fault_kind else None
    verdict = Verdict(hypothesis, cause, resolution, validation, component, kind)
    report = find_run(load_settings(config).runs, run).report()
    target = knowledge_folder(knowledge_settings(config, folder))
    captured = capture(target, report, verdict, person(by), now())
    if edit:
        edit_file(captured.stored.path)
    print_to_terminal(captured_view(captured))


def recurrences(folder: Folder = None, config: Config = None) -> None:
    """List what came back: the same fault of the same service, and whether the earlier fix held."""
    from agent.render.knowledge import recurrences_view
    from knowledge.base import knowledge_folder
    from knowledge.curation import find_recurrences
    from tools.clock import now

    listing = knowledge_folder(knowledge_settings(config, folder)).read_all()
    print_to_terminal(recurrences_view(find_recurrences(listing.postmortems(), now().date())))
