"""`whydown runs`, `whydown report`, `whydown replay` and `whydown schema`."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import AsJson, AsMarkdown, Config, Every, ShowPrompts


def runs(
    limit: Annotated[int, typer.Option(help="runs listed, 0 for all", min=0)] = 20,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """List earlier investigations, newest first."""
    from agent.cli.output import print_table
    from agent.runs import list_runs
    from agent.show.runs import runs_table
    from tools.config import load_settings

    print_table(runs_table(list_runs(load_settings(config).runs), limit), as_json=as_json)


def report(
    run: Annotated[str, typer.Argument(help="run id, the beginning of one, or last", metavar="RUN")] = "last",
    evidence: Annotated[str, typer.Option(help="show one finding with all that is behind it", metavar="ID")] = "",
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    every: Every = False,
    config: Config = None,
) -> None:
    """Show the report of an earlier investigation again."""
    from agent.cli.output import check_form, print_finding, print_report
    from agent.runs import find_run
    from tools.config import load_settings

    check_form(as_json=as_json, as_markdown=as_markdown)
    found = find_run(load_settings(config).runs, run).report()
    if evidence:
        print_finding(found, evidence, as_json=as_json)
    else:
        print_report(found, as_json=as_json, as_markdown=as_markdown, every=every)


def replay(
    run: Annotated[str, typer.Argument(help="run id, the beginning of one, or last", metavar="RUN")] = "last",
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    every: Every = False,
    show_prompts: ShowPrompts = False,
    config: Config = None,
) -> None:
    """Conclude a run again from its journal, offline, and tell whether the report is the same."""
    from agent.cli.output import check_form, print_prompts, print_report
    from agent.investigation.record import refuse_difference
    from agent.investigation.record import replay as conclude
    from tools.config import load_settings

    check_form(as_json=as_json, as_markdown=as_markdown)
    runs = load_settings(config).runs
    replayed = conclude(run, runs)
    if show_prompts:
        print_prompts(runs, replayed.report.run_id)
    print_report(replayed.report, as_json=as_json, as_markdown=as_markdown, every=every)
    refuse_difference(replayed)


def schema() -> None:
    """Print the JSON Schema of a report, the stable interface of --json."""
    import json

    from agent.schema import Report

    print(json.dumps(Report.model_json_schema(mode="serialization"), indent=1))
