"""What the doctor found, for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from agent.doctor import Diagnosis, Finding
from agent.render.clean import clean

_STYLES = {"ok": "verdict.healthy", "off": "quiet", "failed": "verdict.root_cause"}


def diagnosis_view(diagnosis: Diagnosis) -> RenderableType:
    """Return one line a finding, what to do below it, and the sum in the last line."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for finding in diagnosis.findings:
        table.add_row(Text(finding.status, style=_STYLES[finding.status]), Text(finding.name), _told(finding))
    wrong = sum(finding.status == "failed" for finding in diagnosis.findings)
    last = "all that is set up works" if diagnosis.ok else f"{wrong} of what is set up does not work"
    return Group(table, Text(last))


def _told(finding: Finding) -> Text:
    told = Text(clean(finding.detail, 400))
    if finding.remedy and finding.status != "ok":
        told.append(f"\n→ {clean(finding.remedy, 300)}", style="quiet")
    return told
