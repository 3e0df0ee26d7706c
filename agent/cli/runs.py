"""`whydown report`."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import AsJson, AsMarkdown, Config, Every


def report(
    run: Annotated[str, typer.Argument(help="run id, the beginning of one, or last", metavar="RUN")] = "last",
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    every: Every = False,
    config: Config = None,
) -> None:
    """Show the report of an earlier investigation again."""
    from agent.cli.output import check_form, print_report
    from agent.runs import find_run
    from tools.config import load_settings

    check_form(as_json=as_json, as_markdown=as_markdown)
    found = find_run(load_settings(config).runs, run).report()
    print_report(found, as_json=as_json, as_markdown=as_markdown, every=every)
