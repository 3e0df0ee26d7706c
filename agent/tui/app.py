"""The application: layout, keys, and which message changes which widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, Literal

from rich.text import Text
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Footer, Static

from agent.chat.commands import matching
from agent.chat.session import Session
from agent.chat.sides import Shelf
from agent.chat.transcript import Turn
from agent.render.console import THEME
from agent.schema import Hypothesis
from agent.tui.conversation import Conversation
from agent.tui.detail import Detail
from agent.tui.evidence import EvidenceRows
from agent.tui.keys import KEYS, palette
from agent.tui.lines import hypothesis_line
from agent.tui.memory import set_aside, take_back
from agent.tui.messages import Answered, Done, Drafted, Failed, Growing, Loaded, Opened, Seen, Told
from agent.tui.prompt import Prompt
from agent.tui.rows import Rows
from agent.tui.status import Status, status_line, title_line
from agent.tui.talk import Talk
from agent.tui.while_open import while_open
from tools.errors import WhydownError
from tools.evidence import Evidence

if TYPE_CHECKING:
    from agent.chat.answers import Pane

Shown = Literal["evidence", "detail", "conversation"]
"""Which pane a narrow terminal shows below the hypotheses."""
WIDE, HIGH = 120, 36  # of a terminal that has room for more
DARK, LIGHT = "textual-dark", "textual-light"


class ChatApp(App[None]):
    """A cockpit for one incident."""

    CSS_PATH = "styles.tcss"
    TITLE = "whydown"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  # annotated so in the base class
    BINDINGS: ClassVar[list[BindingType]] = KEYS

    def __init__(self, session: Session, opening: Callable[[], Session] | None = None) -> None:
        """Begin with a session, or with an empty one while another is being opened."""
        super().__init__()
        self.console.push_theme(THEME)
        self.session = session
        self.talk = Talk(self)
        self.phase = "ready"
        self._opening = opening
        self._hypotheses: tuple[Hypothesis, ...] = ()
        self.looked_at: Evidence | None = None  # the selected finding, if it is not a hypothesis as a whole
        self._selection = 0
        self._loaded = -1

    def compose(self) -> ComposeResult:
        """Lay out the screen; the stylesheet decides what is beside what."""
        yield Static(id="title", markup=False)
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Rows[Hypothesis](lambda item: item.component, self._hypothesis_line, id="hypotheses")
                yield EvidenceRows(lambda: self.session.pinned_evidence, id="evidence")
            with Vertical(id="right"):
                yield Detail(id="detail")
                yield Conversation(id="conversation")
        yield Static(id="hints", markup=False)
        yield Prompt(self.session.typed, lambda: self.session.known(), id="prompt")
        yield Static(id="status", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin with what is known, and investigate what is not."""
        self.hypotheses.border_title = "Hypotheses"
        self.query_one("#detail").border_title = "Detail"
        self.conversation.border_title = "Conversation"
        self.query_one("#hints").display = False
        self.show_pane("evidence")
        self.hypotheses.focus()
        if self._opening is None:
            self.enter(self.session)
        else:
            self.set_phase("opening")
            self.call_after_refresh(self.talk.open, self._opening)

    def on_unmount(self) -> None:
        """Leave the process as it was."""
        take_back()

    def enter(self, session: Session) -> None:
        """Show a session from its beginning, and go on with its investigation where it stands."""
        self.session = session
        set_aside()
        self.conversation.remove_children()
        for turn in session.transcript.turns:
            self.conversation.add(turn)
        self._hypotheses, self.looked_at = (), None
        self.evidence.put(Shelf(()))
        self.hypotheses.touched = self.evidence.touched = False
        self.talk.begin()
        self._show_known()

    # Parts of the screen

    @property
    def hypotheses(self) -> Rows[Hypothesis]:
        """Return the list of hypotheses."""
        return self.screen_stack[0].query_one("#hypotheses", Rows)

    @property
    def evidence(self) -> EvidenceRows:
        """Return the list of evidence."""
        return self.screen_stack[0].query_one("#evidence", EvidenceRows)

    @property
    def detail(self) -> Detail:
        """Return the detail pane."""
        return self.screen_stack[0].query_one(Detail)

    @property
    def conversation(self) -> Conversation:
        """Return the conversation."""
        return self.screen_stack[0].query_one(Conversation)

    @property
    def prompt(self) -> Prompt:
        """Return where a person types."""
        return self.screen_stack[0].query_one(Prompt)

    @property
    def settled(self) -> bool:
        """Tell whether the detail pane shows what is selected."""
        return self._loaded == self._selection

    @property
    def selected(self) -> Hypothesis | None:
        """Return the hypothesis under the cursor."""
        return self.hypotheses.current

    def _hypothesis_line(self, item: Hypothesis, width: int, tall: int) -> Text:
        return hypothesis_line(item, width, pinned=item.component in self.session.steering().pinned)

    # What is shown

    def set_phase(self, phase: str) -> None:
        """Say in the status line what is going on."""
        self.phase = phase
        self._show_status()

    def _show_known(self) -> None:
        report = self.session.report
        if report is not None:
            self._hypotheses = report.hypotheses
            self.evidence.put(self.session.shelf())
        self.hypotheses.show(self._hypotheses)
        self.evidence.list_for(self.selected)
        self._show_status()
        self._select(self.looked_at)

    def _show_status(self, width: int = 0) -> None:
        session, width = self.session, width or self.size.width
        symptom = session.incident.symptom if session.incident else ""
        main = self.screen_stack[0]
        main.query_one("#title", Static).update(title_line(session.title, session.report, symptom, width))
        phase = "answering" if self.talk.asking.running else self.phase
        run = session.run.id if session.run else ""
        shown = Status(phase, session.report, self.talk.model, session.budget, run)
        main.query_one("#status", Static).update(status_line(shown, width))

    def on_resize(self, event: Resize) -> None:
        """Fit the lines that span the screen; where there is room, findings are shown in two lines."""
        self.evidence.set_tall(2 if event.size.width >= WIDE and event.size.height >= HIGH else 1)
        self._show_status(event.size.width)  # the app's own size may still be the one before

    def say(self, turn: Turn, *, answer: Answered | None = None) -> None:
        """Show and keep a turn."""
        self.conversation.add(turn, answer.answer.table if answer else None)
        try:
            self.session.say(turn)
        except WhydownError as error:
            self.notify(str(error), severity="warning")

    # What workers tell

    @while_open
    def on_seen(self, event: Seen) -> None:
        """Show the ranking as evidence arrives."""
        interim = event.interim
        if interim.evidence:
            self.evidence.put(event.shelf)
        if interim.hypotheses:
            self._hypotheses = interim.hypotheses
            self.hypotheses.show(self._hypotheses)
        self.evidence.list_for(self.selected)
        self.set_phase(f"{interim.node}: {len(interim.evidence)} findings")

    @while_open
    def on_done(self, event: Done) -> None:
        """Show the report."""
        self.talk.ended()
        set_aside()
        self.conversation.forget(event.gone)
        self._show_known()
        if self.selected is not None and self.selected.rejected:
            self.hypotheses.cursor = 0  # what was just ruled out is not what to look at next
        self.say(Turn(who="whydown", text=event.said))

    @while_open
    def on_answered(self, event: Answered) -> None:
        """Show an answer, and open what it points at."""
        answer = event.answer
        self.say(Turn(who="whydown", text=answer.text, query=answer.query), answer=event)
        if answer.evidence:
            self._select(self.session.find(answer.evidence))
        if answer.pane:
            self.detail.open(answer.pane)
        self._show_status()

    @while_open
    def on_growing(self, event: Growing) -> None:
        """Show more of the model's answer."""
        self.talk.asking.grow(event.turn)
        self._show_status()

    @while_open
    def on_told(self, event: Told) -> None:
        """Show what the model has answered, and what it has found."""
        self.talk.asking.ended(event)
        if event.session is self.session:
            self.evidence.put(self.session.shelf())
            self.evidence.list_for(self.selected)
            self._show_status()

    @while_open
    def on_failed(self, event: Failed) -> None:
        """Say in the conversation what went wrong, so that it stays to be read."""
        if event.running:
            self.talk.ended()
            self._show_known()
        self.say(Turn(who="notice", text=event.problem))
        self.show_pane("conversation")

    @while_open
    def on_drafted(self, event: Drafted) -> None:
        """Open the editor of the postmortem."""
        self.talk.edit(event)

    @while_open
    def on_opened(self, event: Opened) -> None:
        """Go on with another run."""
        self.enter(event.session)

    @while_open
    def on_loaded(self, event: Loaded) -> None:
        """Show a pane unless something else is selected by now."""
        if event.selection == self._selection:
            self.detail.show(event.pane, event.view)
            self._loaded = event.selection

    # What the person does

    @while_open
    def on_rows_moved(self, event: Rows.Moved) -> None:
        """Follow the cursor."""
        if event.rows.id == "hypotheses":
            self.evidence.list_for(self.selected, first=not self.talk.running)
            self._select(None)
        elif self.evidence.has_focus:
            current = self.evidence.current
            self._select(current.evidence if current else None)

    @while_open
    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        """Go from a hypothesis to its evidence, and from a finding to what is behind it."""
        if event.rows.id == "hypotheses":
            self.action_pane("evidence")
        else:
            current = self.evidence.current
            self._select(current.evidence if current else None)
            self.action_pane("detail")

    def _select(self, item: Evidence | None) -> None:
        self.looked_at = item
        self._selection += 1
        self.detail.settle()

    @while_open
    def on_detail_wanted(self, event: Detail.Wanted) -> None:
        """Read what a tab shows."""
        if self.session.report is not None:
            self.talk.look_behind(event.pane, self._selection, self.selected, self.looked_at)

    @while_open
    def on_input_changed(self, event: Prompt.Changed) -> None:
        """Show which commands a line may become."""
        hints = self.query_one("#hints", Static)
        found = matching(event.value)[:4] if event.value.startswith("/") and event.input is self.prompt else []
        hints.display = bool(found)
        hints.update("\n".join(f"/{kind.name} {kind.arguments}  {kind.help}" for kind in found))

    @while_open
    def on_input_submitted(self, event: Prompt.Submitted) -> None:
        """Ask or do what was typed."""
        if event.input is self.prompt and (line := self.prompt.take()):
            self.action_command(line)

    def action_command(self, line: str) -> None:
        """Do what a line says, as if it had been typed."""
        self.talk.hear(line)

    def action_ask(self, begin: str) -> None:
        """Go to the prompt."""
        self.prompt.prefill(begin)

    def action_fill(self, command: str) -> None:
        """Begin a command about what is selected."""
        self.prompt.prefill(self.talk.beginning(command))

    def action_cite(self, number: str) -> None:
        """Open the finding that a text cites."""
        self.action_command(f"/evidence {number}")

    def action_cite_hypothesis(self, number: str) -> None:
        """Select the hypothesis that a text names."""
        for item in self._hypotheses:
            if item.rank == int(number):
                self.hypotheses.select(item.component)

    def action_pane(self, shown: Shown) -> None:
        """Show a pane and go to it."""
        self.show_pane(shown)
        target = self.query_one(f"#{shown}")
        self.call_after_refresh(target.query_one("Tabs").focus if shown == "detail" else target.focus)

    def show_pane(self, shown: Shown) -> None:
        """Show a pane where there is room for one only."""
        for name in ("evidence", "detail", "conversation"):
            self.screen_stack[0].set_class(name == shown, f"-shows-{name}")

    def action_tab(self, pane: Pane) -> None:
        """Open a tab of the detail pane."""
        self.show_pane("detail")
        self.detail.open(pane)

    def action_filter(self) -> None:
        """Go on to the next choice of evidence."""
        self.evidence.next_filter()

    def search(self, text: str) -> None:
        """Show the evidence that contains a text; an empty one shows all again."""
        self.evidence.search_for(text)
        self.action_pane("evidence")

    def action_pin(self) -> None:
        """Pin what is selected."""
        current = self.evidence.current if self.evidence.has_focus else None
        if current is not None and current.evidence is not None:
            self.session.pin_evidence(current.evidence.id)
            self.evidence.again()
        elif self.selected is not None:
            self.action_command(f"/pin {self.selected.component}")

    def action_copy(self) -> None:
        """Copy the selected finding with its command, else the selected hypothesis."""
        item, chosen = self.looked_at, self.selected
        text = f"{item.statement}\n{item.query}" if item else chosen.cause if chosen else ""
        if text:
            self.copy_to_clipboard(text)
            self.notify("Copied.", timeout=2)

    def action_stop(self) -> None:
        """Stop what runs; else leave a search; else leave the prompt, and what was begun there."""
        if self.talk.busy:
            self.talk.stop()
        elif self.evidence.search:
            self.search("")
        else:
            self.prompt.value = ""
            self.hypotheses.focus()

    def action_toggle_theme(self) -> None:
        """Change between dark and light."""
        self.theme = LIGHT if self.theme == DARK else DARK

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer every command of the conversation in the palette."""
        yield from super().get_system_commands(screen)
        yield from palette(self.action_command, self.action_fill)
