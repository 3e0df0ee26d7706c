"""The end of a live story as a terminal sees it: the ranking against the answer, and what the repair did."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from evals.testbed.session.play import Feeling, Story


def story_view(story: Story) -> RenderableType:
    """Return the ranking beside the answer, then the route's feeling before, during and after."""
    return Group(_ranking(story), Text(), _answer(story), Text(), _relief(story))


def _ranking(story: Story) -> Table:
    table = Table(box=None, pad_edge=False, title=f"verdict: {story.report.verdict.value}", title_justify="left")
    for heading in ("", "rank", "confidence", "component", "kind"):
        table.add_column(heading)
    for one in story.report.hypotheses:
        right = "✓" if one.rank == story.rank else ""
        share = f"{one.confidence:.0%}"
        table.add_row(right, str(one.rank), share, Text(one.component), one.fault_kind.value)
    return table


def _answer(story: Story) -> Text:
    fault = story.fault
    if fault.kind is None:
        return Text(f"answer: no fault; {fault.cause}")
    took = f"{story.report_seconds:.0f} s after the first bad request"
    found = f"ranked {story.rank}, {took}" if story.rank else "not among the hypotheses"
    return Text(f"answer: {fault.component}, {fault.kind.value}: {fault.cause}\n        {found}")


def _relief(story: Story) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in (story.route, "p95", "failed", "requests"):
        table.add_column(heading)
    for name, felt in (("before", story.before), ("with the fault", story.during), ("repaired", story.after)):
        table.add_row(name, *_cells(felt))
    return table


def _cells(felt: Feeling) -> tuple[str, str, str]:
    if not felt.requests:
        return "-", "-", "0"
    return f"{felt.p95 * 1_000:,.0f} ms", f"{felt.failed:.0%}", str(felt.requests)
