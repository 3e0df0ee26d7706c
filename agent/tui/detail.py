"""The detail pane: what is behind the selected finding or hypothesis, in tabs that are read when they are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static, TabbedContent, TabPane

from agent.chat.answers import Pane
from agent.chat.panes import View
from agent.render.terminal.plot import MIN_POINTS, decisive, finite_points
from agent.schema import Hypothesis, Report
from agent.tui.drawn import Drawn
from tools.evidence import Evidence, Sample

if TYPE_CHECKING:
    from agent.tui.plot import SeriesPlot

TABS: dict[Pane, str] = {
    "finding": "Finding",
    "plot": "Plot",
    "trace": "Trace",
    "logs": "Logs",
    "topology": "Topology",
    "changes": "Changes",
    "past": "Past",
}
"""Tabs in the order of their number keys."""
SETTLE_S = 0.12
"""How long the cursor rests before what is behind a row is read."""


class Detail(Vertical):
    """Seven looks at one selection."""

    class Wanted(Message):
        """A tab is open that has to be read for the selection."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._stale: set[Pane] = set(TABS)
        self._settling: Timer | None = None

    def compose(self) -> ComposeResult:
        """Lay the tabs out."""
        with TabbedContent():
            for number, (pane, title) in enumerate(TABS.items(), 1):
                with TabPane(f"{number} {title}", id=f"tab-{pane}"):
                    if pane == "plot":
                        yield Static("", id="no-plot", markup=False)
                        yield Vertical(id="plot")
                    else:
                        yield Drawn(id=f"pane-{pane}")

    @property
    def open_pane(self) -> Pane:
        """Return which tab is open."""
        active = self.query_one(TabbedContent).active
        return next((pane for pane in TABS if f"tab-{pane}" == active), "finding")

    def open(self, pane: Pane) -> None:
        """Open a tab."""
        self.query_one(TabbedContent).active = f"tab-{pane}"

    def settle(self) -> None:
        """Read what is behind another selection once the cursor rests."""
        if self._settling is not None:
            self._settling.stop()
        self._settling = self.set_timer(SETTLE_S, self.selection_changed)

    def selection_changed(self) -> None:
        """Forget what is shown: another finding or hypothesis is selected."""
        self._stale = set(TABS)
        if self.is_attached and self.query(TabbedContent):  # the screen may be closing
            self._ask()

    def on_tabbed_content_tab_activated(self) -> None:
        """Ask for the content of a tab when it is opened."""
        self._ask()

    def _ask(self) -> None:
        pane = self.open_pane
        if pane in self._stale:
            self._stale.discard(pane)
            self.post_message(self.Wanted(pane))

    def show(self, pane: Pane, view: View | SeriesPlot | None) -> None:
        """Show what was read."""
        if view is None or isinstance(view, Widget):
            self._plot(view)
        else:
            self.query_one(f"#pane-{pane}", Drawn).draw(view)

    def _plot(self, plotted: SeriesPlot | None) -> None:
        """Show a plot, or say that there is nothing to plot."""
        room, said = self.query_one("#plot", Vertical), self.query_one("#no-plot", Static)
        room.display, said.display = plotted is not None, plotted is None
        room.remove_children()
        if plotted is None:
            said.update("No series is behind this finding; tab 1 has its values and samples.")
        else:
            room.mount(plotted, Static(plotted.legend, classes="legend", markup=False))


def plot_of(report: Report, hypothesis: Hypothesis | None, item: Evidence | None) -> SeriesPlot | None:
    """Return a plot of the selected finding, else of the decisive one of the hypothesis; takes time at first."""
    from agent.tui.plot import SeriesPlot

    chosen = _series(report, hypothesis, item)
    return SeriesPlot(*chosen, report) if chosen else None


def _series(report: Report, hypothesis: Hypothesis | None, item: Evidence | None) -> tuple[Evidence, Sample] | None:
    if item is not None:
        for sample in item.samples:
            if sample.kind == "series" and len(finite_points(sample)) >= MIN_POINTS:
                return item, sample
        return None
    return decisive(report, hypothesis) if hypothesis else None
