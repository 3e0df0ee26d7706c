"""Print a report in the form that was asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tools.errors import InputError

if TYPE_CHECKING:
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
    """Write a report to standard output as JSON, Markdown or terminal text."""
    from agent.render import open_console, print_view, report_view, to_markdown
    from agent.render.console import make_encodable

    make_encodable(sys.stdout)
    if as_json:
        print(report.model_dump_json(indent=1))
    elif as_markdown:
        print(to_markdown(report, every=every), end="")
    else:
        console = open_console()
        print_view(console, report_view(report, console.width, every=every))


def print_table(table: Table, *, as_json: bool) -> None:
    """Write a table to standard output as JSON or terminal text."""
    from agent.render import open_console, print_view
    from agent.render.console import make_encodable
    from agent.render.table import table_json, table_view

    make_encodable(sys.stdout)
    if as_json:
        print(table_json(table))
    else:
        console = open_console()
        print_view(console, table_view(table, console.width))
