"""From a line that was typed to the session: what only looks is answered in a thread, what acts is weighed in one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from agent.chat.answers import Answer, Pane
from agent.chat.commands import Command, parse
from agent.chat.help import not_understood
from agent.chat.session import Session
from agent.chat.sides import Shelf
from agent.chat.transcript import Turn
from agent.render.words import headline
from agent.schema import Hypothesis, Report, Steering
from agent.tui.asking import Asking
from agent.tui.messages import Answered, Done, Drafted, Failed, Loaded, Opened, Seen
from tools.errors import InputError, WhydownError
from tools.evidence import Evidence

if TYPE_CHECKING:
    from agent.investigation import Interim, Watch
    from agent.tui.app import ChatApp


class Talk:
    """Hears what a person says in one application."""

    def __init__(self, app: ChatApp) -> None:
        self._app = app
        self._watch: Watch | None = None
        self.running = False
        self.asking = Asking(app)

    @property
    def model(self) -> str:
        """Return which language model answers."""
        return self._session.model or "no model"

    @property
    def busy(self) -> bool:
        """Tell whether anything runs that Esc stops."""
        return self.running or self.asking.running

    @property
    def _session(self) -> Session:
        return self._app.session

    def hear(self, line: str) -> None:
        """Do what a line says."""
        self._app.say(Turn(who="person", text=line))
        self._app.show_pane("conversation")
        try:
            self._session.typed.add(line)
            command = parse(line) if line.startswith("/") else self._session.understand(line)
            if command is not None:
                self._do(command)
            if self._session.is_for_model(line, command):
                self._ask_model(line)
            elif command is None:
                self._app.post_message(Answered(not_understood()))
        except WhydownError as error:
            self._app.post_message(Failed(str(error)))

    def _ask_model(self, line: str) -> None:
        if self.running:
            raise InputError("the model answers when the investigation is over", "wait for it, or stop it with Esc")
        self.asking.ask(line)

    def beginning(self, command: str) -> str:
        """Return the beginning of a command about what is selected, for a person to finish."""
        chosen, report = self._app.selected, self._session.report
        if command == "/window" and report is not None:
            start, end = (moment.isoformat().replace("+00:00", "Z") for moment in report.windows.incident)
            return f"/window {start}..{end} "
        if chosen is None or command not in {"/reject", "/observe", "/restore", "/pin"}:
            return f"{command} "
        return f"/observe for {chosen.component} " if command == "/observe" else f"{command} H{chosen.rank} "

    def _do(self, command: Command) -> None:
        session, app = self._session, self._app
        first, more = command.split()
        match command.name:
            case "reject":
                self._weigh(session.rejecting(first, more), "Ruled out, and ranked again.")
            case "restore":
                self._weigh(session.restoring(first), "Taken back, and ranked again.")
            case "observe":
                self._weigh(session.observing(command.rest), "Noted as evidence, and ranked again.")
            case "pin" if command.rest.upper() in session.known().evidence:
                session.pin_evidence(command.rest.upper())
                app.search("")
            case "pin":
                self._weigh(session.pinning(command.rest), "Pins changed, and ranked again.")
            case "window":
                session.set_windows(command.rest)
                self._investigate(again=True)
            case "investigate":
                self._investigate(again=True)
            case "stop":
                self.stop()
            case "resume":
                self._resume(first)
            case "confirm":
                self._confirm(command.rest)
            case "export":
                self._answered(lambda: Answer(f"Written to {session.export(command.rest)}."))
            case "search":
                app.search(command.rest)
            case "theme":
                app.action_toggle_theme()
            case "quit":
                self.stop()
                app.exit()
            case _:
                self._answered(lambda: session.answer(command))

    def _answered(self, make: Callable[[], Answer]) -> None:
        """Say what is answered in a thread."""
        self._aside(lambda: self._app.post_message(Answered(make())))

    def _aside(self, job: Callable[[], object]) -> None:
        """Do something in a thread, and say why it failed if it does."""

        def attempt() -> None:
            try:
                job()
            except WhydownError as error:
                self._app.post_message(Failed(str(error)))

        self._app.run_worker(attempt, thread=True, group="answers")

    def look_behind(self, pane: Pane, selection: int, hypothesis: Hypothesis | None, item: Evidence | None) -> None:
        """Read what a pane shows about a selection, in a thread."""
        job = partial(self._load, pane, selection, hypothesis, item)
        self._app.run_worker(job, thread=True, group="detail")

    def _load(self, pane: Pane, selection: int, hypothesis: Hypothesis | None, item: Evidence | None) -> None:
        from agent.chat.panes import load
        from agent.tui.detail import plot_of

        session = self._session
        if session.report is None or session.incident is None:
            return
        if pane == "plot":
            self._app.post_message(Loaded(pane, selection, plot_of(session.report, hypothesis, item)))
            return
        try:
            view = load(pane, session.incident, session.report, session.settings, hypothesis, item)
        except WhydownError as error:
            problem = str(error)
            self._app.post_message(Loaded(pane, selection, lambda width: problem))
            return
        self._app.post_message(Loaded(pane, selection, view))

    # Investigations

    def begin(self) -> None:
        """Investigate what a session is about unless its run has a report."""
        report = self._session.report
        self.asking.leave()
        self._app.set_phase("done" if report else "ready")
        if self._session.model:
            self._aside(self._open_purse)
        if report is not None and not self._session.transcript.turns:
            self._app.say(Turn(who="whydown", text=_verdict(report, "", stopped=False)))
        if report is None and self._session.incident is not None:
            self._investigate(again=False)
        elif report is None:
            self._answered(lambda: self._session.answer(Command("runs")))
            self._app.show_pane("conversation")

    def _open_purse(self) -> None:
        try:
            self._session.open_purse()
        finally:
            self._app.call_from_thread(self._app.set_phase, self._app.phase)

    def _investigate(self, *, again: bool) -> None:
        self._run(lambda watch: self._session.investigate(watch, again=again), "")

    def _weigh(self, steering: Steering, said: str) -> None:
        self._run(lambda watch: self._session.weigh_again(steering, watch), said)

    def _run(self, job: Callable[[Watch], Report], said: str) -> None:
        """Run one investigation at a time.

        Raises:
            InputError: one is running.
        """
        if self.running:
            raise InputError("an investigation is running", "wait for it, or stop it with Esc")
        self.running = True
        self._app.set_phase("starting")
        self._app.run_worker(partial(self._in_thread, job, said), thread=True, group="investigation")

    def _in_thread(self, job: Callable[[Watch], Report], said: str) -> None:
        from agent.investigation import Watch

        app = self._app
        session = self._session
        before = session.report

        def tell(interim: Interim) -> None:
            shown = session.without_secrets(interim)
            session.saw(shown)
            app.post_message(Seen(shown, Shelf((*shown.evidence, *session.looked.items))))

        self._watch = Watch(tell)
        try:
            report = job(self._watch)
        except WhydownError as error:
            app.post_message(Failed(str(error), running=True))
            return
        gone = changed_ids(before, session.answered()) if before else ()
        app.post_message(Done(report, _verdict(report, said, stopped=self._watch.stopped), gone))

    def stop(self) -> None:
        """End the running investigation with what it has, and the model's answer with what has arrived."""
        if self.asking.running:
            self.asking.stop()
        if self._watch is not None and self.running:
            self._watch.stop()
            self._app.set_phase("stopping")

    def ended(self) -> None:
        """Note that nothing runs any more."""
        self.running = False
        self._app.set_phase("stopped" if self._watch is not None and self._watch.stopped else "done")

    def _resume(self, run_id: str) -> None:
        if self.running:
            raise InputError("an investigation is running", "stop it with Esc first")
        settings = self._session.settings
        self.open(lambda: Session.open(run_id, settings))

    def open(self, opening: Callable[[], Session]) -> None:
        """Open a session in a thread, and go on with it."""
        self._aside(lambda: self._app.post_message(Opened(opening())))

    # Confirming

    def _confirm(self, named: str) -> None:
        """Draft in a thread: the draft reads files, and git says who is at work."""
        session = self._session
        report, rank = session.answered(), session.hypothesis(named).rank

        def draft() -> None:
            from agent.chat import confirming

            text, name = confirming.begin(report, rank, session.settings)
            self._app.post_message(Drafted(text, name, partial(confirming.finish, report, settings=session.settings)))

        self._aside(draft)

    def edit(self, drafted: Drafted) -> None:
        """Let a person complete a draft and vouch for it."""
        from agent.tui.confirm import ConfirmScreen

        self._app.push_screen(ConfirmScreen(drafted.text, drafted.name, drafted.save), self._confirmed)

    def _confirmed(self, written: str | None) -> None:
        if written:
            self._app.post_message(Answered(Answer(written)))


def _verdict(report: Report, said: str, *, stopped: bool) -> str:
    """Return what is said when an investigation has ended."""
    word, rest = headline(report)
    parts = [said] if said else []
    parts.append(f"{word}: {rest}.")
    if stopped:
        parts.append("Stopped early: this is what the evidence until then says. /missing lists what was not read; ")
        parts[-1] += "/investigate reads it."
    failed = [note for source in report.sources if source.signal == "survey" for note in source.notes]
    parts += [f"Not read: {note}." for note in failed[:4]]
    if report.hypotheses:
        cause = report.hypotheses[0].cause
        parts.append(f"{cause[:1].upper()}{cause[1:]}.")
    return "\n".join(parts)


def changed_ids(before: Report, after: Report) -> frozenset[str]:
    """Return ids of evidence that no longer mean what they meant: what cites them must not lead elsewhere."""
    now = {item.id: item.statement for item in after.evidence}
    return frozenset(item.id for item in before.evidence if now.get(item.id) != item.statement)
