"""Print a report in the form that was asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tools.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from agent.doctor import Diagnosis
    from agent.schema import Report
    from agent.show import Table


def check_form(*, as_json: bool, as_markdown: bool) -> None:
    """Refuse two forms at once.

    Raises:
        InputError: both were asked for.
    """
    if as_json and as_markdown:
        raise InputError("--json and --markdown exclude each other", "choose one")


def print_report(report: Report, *, as_json: bool, as_markdown: bool, every: bool) -> None:
    """Write a report to standard output as JSON, Markdown or terminal text.

    On a terminal that is lower than the report, the verdict is repeated in the last line.
    """
    from agent.render import open_console, print_view, report_view, to_json, to_markdown, verdict_line

    if as_json:
        _print_plain(to_json(report))
    elif as_markdown:
        _print_plain(to_markdown(report, every=every).rstrip())
    else:
        console = open_console()
        lines = print_view(console, report_view(report, console.width, every=every))
        if console.is_terminal and lines > console.height:
            print_view(console, verdict_line(report))


def print_finding(report: Report, evidence_id: str, *, as_json: bool) -> None:
    """Write one finding of a report to standard output.

    Raises:
        InputError: the report has no such finding.
    """
    from agent.render import finding_view, open_console, print_view, to_json

    item = report.find(evidence_id)
    if item is None:
        known = f"{report.evidence[0].id} to {report.evidence[-1].id}" if report.evidence else "none"
        raise InputError(f"the report has no evidence {evidence_id!r}", f"known: {known}")
    if as_json:
        _print_plain(to_json(item))
    else:
        console = open_console()
        print_view(console, finding_view(report, item, console.width))


def print_diagnosis(diagnosis: Diagnosis, *, as_json: bool) -> None:
    """Write what the doctor found to standard output as JSON or terminal text."""
    from agent.render import open_console, print_view, to_json
    from agent.render.diagnosis import diagnosis_view

    if as_json:
        _print_plain(to_json(diagnosis))
    else:
        print_view(open_console(), diagnosis_view(diagnosis))


def print_prompts(runs: Path, run_id: str) -> None:
    """Write to standard error every request that a run has sent to a language model, as JSON that is safe to print.

    Args:
        runs: folder of the runs.
        run_id: the run; empty where none was kept, because no model was asked.

    Raises:
        RunError: the run has no journal.
    """
    import json

    from agent.journal import NAME, read_journal, sent_of

    sent = sent_of(read_journal(runs / run_id / NAME)) if run_id else []
    for number, body in enumerate(sent, 1):
        print(f"request {number} of {len(sent)}: {json.dumps(body, indent=1)}", file=sys.stderr)
    if not sent:
        print("nothing was sent to a language model", file=sys.stderr)


def _print_plain(text: str) -> None:
    from agent.render.console import make_encodable

    make_encodable(sys.stdout)
    print(text)


def print_table(table: Table, *, as_json: bool) -> None:
    """Write a table to standard output as JSON or terminal text."""
    from agent.render import open_console, print_view
    from agent.render.table import table_json, table_view

    if as_json:
        _print_plain(table_json(table))
    else:
        console = open_console()
        print_view(console, table_view(table, console.width))
