"""From a line that was typed to the session: what only looks is answered in a thread, what acts is weighed in one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from agent.chat.answers import Answer, Pane
from agent.chat.commands import Command, parse
from agent.chat.session import Session, not_understood
from agent.chat.transcript import Turn
from agent.render.words import headline
from agent.schema import Hypothesis, Report, Steering
from agent.tui.messages import Answered, Done, Failed, Loaded, Opened, Seen
from tools.errors import InputError, WhydownError
from tools.evidence import Evidence

if TYPE_CHECKING:
    from agent.investigation import Watch
    from agent.tui.app import ChatApp


class Talk:
    """Hears what a person says in one application."""

    def __init__(self, app: ChatApp) -> None:
        self._app = app
        self._watch: Watch | None = None
        self.running = False

    @property
    def model(self) -> str:
        """Return which language model answers."""
        return self._session.settings.model.model or "no model"

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
            if command is None:
                self._app.post_message(Answered(not_understood(self._session.settings.model.model)))
            else:
                self._do(command)
        except WhydownError as error:
            self._app.post_message(Failed(str(error)))

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
                app.post_message(Answered(Answer(f"Written to {session.export(command.rest)}.")))
            case "search":
                app.search(command.rest)
            case "theme":
                app.action_toggle_theme()
            case "quit":
                self.stop()
                app.exit()
            case _:
                app.run_worker(partial(self._answer, command), thread=True, group="answers")

    def _answer(self, command: Command) -> None:
        try:
            self._app.post_message(Answered(self._session.answer(command)))
        except WhydownError as error:
            self._app.post_message(Failed(str(error)))

    def look_behind(self, pane: Pane, selection: int, hypothesis: Hypothesis | None, item: Evidence | None) -> None:
        """Read what a pane shows about a selection, in a thread."""
        job = partial(self._load, pane, selection, hypothesis, item)
        self._app.run_worker(job, thread=True, group="detail")

    def _load(self, pane: Pane, selection: int, hypothesis: Hypothesis | None, item: Evidence | None) -> None:
        from agent.chat.panes import load

        session = self._session
        if session.report is None or session.incident is None:
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
        self._app.set_phase("done" if report else "ready")
        if report is not None and not self._session.transcript.turns:
            self._app.say(Turn(who="whydown", text=_verdict(report, "", stopped=False)))
        if report is None and self._session.incident is not None:
            self._investigate(again=False)
        elif report is None:
            self._app.run_worker(partial(self._answer, Command("runs")), thread=True, group="answers")
            self._app.show_pane("conversation")

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
        self._watch = Watch(lambda interim: _ignore(app.post_message(Seen(session.without_secrets(interim)))))
        try:
            report = job(self._watch)
        except WhydownError as error:
            app.post_message(Failed(str(error), running=True))
            return
        app.post_message(Done(report, _verdict(report, said, stopped=self._watch.stopped)))

    def stop(self) -> None:
        """End the running investigation with what it has."""
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
        self._app.run_worker(partial(self._open, run_id), thread=True, group="answers")

    def _open(self, run_id: str) -> None:
        try:
            self._app.post_message(Opened(Session.open(run_id, self._session.settings)))
        except WhydownError as error:
            self._app.post_message(Failed(str(error)))

    # Confirming

    def _confirm(self, named: str) -> None:
        from agent.chat import confirming
        from agent.tui.confirm import ConfirmScreen

        report, settings = self._session.answered(), self._session.settings
        text, name = confirming.begin(report, self._session.hypothesis(named).rank, settings)
        screen = ConfirmScreen(text, name, lambda text, name: confirming.finish(report, text, name, settings))
        self._app.push_screen(screen, self._confirmed)

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
        parts.append(report.hypotheses[0].cause + ".")
    return "\n".join(parts)


def _ignore(posted: bool) -> None:
    """A message that comes after the end is nobody's loss."""
