"""One conversation about one incident: what is known, what is asked, what is said and done about it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.chat import answers, steers
from agent.chat.answers import Answer
from agent.chat.commands import Command, Known, names_of
from agent.chat.help import help_answer
from agent.chat.looked import Looked
from agent.chat.questions import is_lookup, understand
from agent.chat.sides import Shelf
from agent.chat.transcript import Transcript, Turn, Typed
from agent.runs import RunFolder, find_run, list_runs
from agent.schema import Hypothesis, Incident, Report, Steering
from tools.config import Settings
from tools.errors import InputError
from tools.evidence import Evidence
from tools.redact import redact_model
from tools.window import TimeWindow

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.chat.model.purse import Purse
    from agent.investigation.watch import Interim, Watch
    from agent.model import Budget


class Session:
    """What the front door of the conversation talks to. Methods that read telemetry take time: call them in a thread.

    Args:
        settings: configuration.
        incident: what to investigate; None before a run is opened.
        run: an earlier run to go on with.
    """

    def __init__(self, settings: Settings, incident: Incident | None = None, run: RunFolder | None = None) -> None:
        self.settings = settings
        self.incident = run.incident() if run else incident
        self.run = run
        self.report: Report | None = run.report() if run and run.has_report else None
        self.transcript = Transcript(run.path / "chat.jsonl" if run else None)
        self.looked = Looked(run.path if run else None)
        self.typed = Typed(settings.runs / "typed.txt")
        self.pinned_evidence: tuple[str, ...] = ()
        self._lock = threading.Lock()
        """Held while what is said is written: the file changes when an investigation begins a run."""
        self._purse: Purse | None = None
        self._known: tuple[tuple[Report | None, int], Known, Shelf] | None = None
        self._clean: dict[str, Evidence] = {}

    @classmethod
    def open(cls, target: str, settings: Settings) -> Session:
        """Return a session about telemetry or about a run: its id, the beginning of one, or `last`.

        Telemetry is an incident folder, or a settings file (`.toml`) that names live backends.

        Raises:
            RunError: it is no folder, and no such run exists.
        """
        run = cls.check(target, settings)
        session = cls(settings, Incident(folder=Path(target)) if target and run is None else None, run)
        session._gone_through()
        return session

    @staticmethod
    def check(target: str, settings: Settings) -> RunFolder | None:
        """Return the run that a target names, None where it names none; reads nothing.

        Raises:
            RunError: it is no folder, and no such run exists.
        """
        if not target or Path(target).is_dir() or Path(target).suffix == ".toml":
            return None
        return find_run(settings.runs, target)

    # What is known

    @property
    def title(self) -> str:
        """Return what the conversation is about, in a few words."""
        return self.incident.folder.resolve().name if self.incident else "no incident"

    @property
    def model(self) -> str:
        """Return the name of the language model that answers questions, empty without one."""
        unwanted = self.incident is not None and self.incident.no_model
        return "" if unwanted else self.settings.model.model

    @property
    def budget(self) -> Budget | None:
        """Return what has been spent and is left of the budget; None without a model, or before the purse is opened."""
        return self._purse.budget if self._purse else None

    def known(self) -> Known:
        """Return what can be named now; asked for at every key."""
        return self._gone_through()[0]

    def shelf(self) -> Shelf:
        """Return all evidence, of the investigation and of questions."""
        return self._gone_through()[1]

    def _gone_through(self) -> tuple[Known, Shelf]:
        """Go through all evidence, once after each change: methods that take time do so before they return."""
        now = (self.report, len(self.looked.items))
        if self._known is None or self._known[0][0] is not now[0] or self._known[0][1] != now[1]:
            runs = [run.id for run in reversed(list_runs(self.settings.runs))]
            evidence = (*(self.report.evidence if self.report else ()), *self.looked.items)
            self._known = now, names_of(self.report, self.looked.items, runs), Shelf(evidence)
        return self._known[1:]

    def hypothesis(self, named: str = "") -> Hypothesis:
        """Return a hypothesis by rank (`H2`, `2`) or component; without a name the first.

        Raises:
            InputError: there is none, or none of that name.
        """
        found = self.answered().hypotheses
        for item in found:
            if named.casefold() in {"", f"h{item.rank}", str(item.rank), item.component.casefold()}:
                return item
        known = ", ".join(f"H{item.rank} {item.component}" for item in found) or "none"
        raise InputError(f"no hypothesis {named!r}" if named else "there is no hypothesis", f"known: {known}")

    def answered(self) -> Report:
        """Return the report.

        Raises:
            InputError: there is none yet.
        """
        if self.report is None:
            raise InputError("nothing has been investigated yet", "wait, or /resume RUN")
        return self.report

    def find(self, evidence_id: str) -> Evidence | None:
        """Return a finding of the investigation or of a question, None when there is none of that id."""
        return (self.report.find(evidence_id) if self.report else None) or self.looked.find(evidence_id)

    # What takes time

    def investigate(self, watch: Watch, *, again: bool = False) -> Report:
        """Investigate, or go on with a run that was interrupted; a finished run gives its report again.

        Args:
            watch: told of what is known so far, and able to stop it.
            again: begin anew even if there is a run, with all that was said.

        Raises:
            WhydownError: see `agent.investigation.investigate`.
        """
        from agent import investigation

        settings = self._within_budget()
        if self.run is not None and not again:
            report = investigation.resume(self.run.id, settings, watch=watch)
        else:
            report = investigation.investigate(self._asked(), settings, watch=watch)
        self.attach(report.run_id)
        return self._keep(report)

    def weigh_again(self, steering: Steering, watch: Watch) -> Report:
        """Rank again with what a person has said.

        Raises:
            InputError: nothing has been investigated yet.
            WhydownError: see `agent.investigation.revise`.
        """
        from agent import investigation

        report = self.answered()
        revised = investigation.revise(report.run_id, steering, self._within_budget(), watch=watch)
        self.incident = self._asked().model_copy(update={"steering": steering})
        return self._keep(revised)

    def _keep(self, report: Report) -> Report:
        self.report = redact_model(report)
        if self._purse is not None:
            self._purse.settle()
        self._gone_through()
        return self.report

    def open_purse(self) -> Purse | None:
        """Return what holds the budget of this conversation, None without a model; see `agent.chat.model.purse`."""
        if self._purse is None and self.model:
            from agent.chat.model.purse import Purse

            purse = Purse(self.settings.model)
            if self.run is not None:
                purse.open(self.run)
            self._purse = purse
        return self._purse

    def _within_budget(self) -> Settings:
        purse = self.open_purse()
        return purse.within(self.settings) if purse else self.settings

    def ask_model(
        self,
        text: str,
        told: Callable[[Turn], None],
        stopped: Callable[[], bool],
        looking_at: tuple[Hypothesis | None, Evidence | None] = (None, None),
    ) -> tuple[Turn, Turn | None]:
        """Answer a question with the language model; what it found and said is kept.

        Args:
            text: the question, the last thing that was said.
            told: told of the answer as it grows.
            stopped: whether a person wants no more.
            looking_at: what is selected meanwhile.

        Returns:
            The answer, perhaps empty, and a notice of why it ended early, if it did.

        Raises:
            InputError: nothing has been investigated yet.
            WhydownError: see `agent.chat.model.ask.ask_model`.
        """
        from agent.chat.model.ask import Place, ask_model
        from agent.chat.model.case import Question

        report, run, purse = self.answered(), self.run, self.open_purse()
        if run is None or purse is None:
            raise InputError("no language model is set up", "set model.url and model.model")
        place = Place(run, self._asked(), report, self.settings, tuple(self.looked.items))
        question = Question(text, tuple(self.transcript.turns[:-1]), *looking_at)
        outcome = ask_model(question, place, purse, told, stopped)
        purse.settle()
        self.looked.add(outcome.found)
        self._gone_through()
        notice = Turn(who="notice", text=outcome.notice) if outcome.notice else None
        for turn in (outcome.turn if outcome.turn.says_anything else None, notice):
            if turn is not None:
                self.say(turn)
        return outcome.turn, notice

    def without_secrets(self, interim: Interim) -> Interim:
        """Return what a running investigation tells, fit to be shown."""
        for item in interim.evidence:
            if item.query + item.statement not in self._clean:  # most were told before
                self._clean[item.query + item.statement] = redact_model(item)
        evidence = (
            self._clean[item.query + item.statement].model_copy(update={"id": item.id}) for item in interim.evidence
        )
        hypotheses = tuple(redact_model(item) for item in interim.hypotheses)
        return replace(interim, evidence=tuple(evidence), hypotheses=hypotheses)

    def saw(self, interim: Interim) -> None:
        """Note what a running investigation tells: from its first word on there is a run to keep things with."""
        if interim.run_id:
            self.attach(interim.run_id)

    def attach(self, run_id: str) -> None:
        """Keep the conversation with a run."""
        if self.run is not None and self.run.id == run_id:
            return
        run = find_run(self.settings.runs, run_id)
        with self._lock:
            self.run = run
            self.transcript = self.transcript.moved_to(run.path / "chat.jsonl")
            self.looked = self.looked.moved_to(run.path)
        if self._purse is not None:
            self._purse.open(run)

    def _asked(self) -> Incident:
        if self.incident is None:
            raise InputError("there is no incident", "open one: whydown chat FOLDER, or /resume RUN")
        return self.incident

    # What is asked

    def understand(self, text: str) -> Command | None:
        """Return the command that a plain question stands for."""
        return understand(text, self.known())

    def is_for_model(self, text: str, command: Command | None) -> bool:
        """Tell whether a line goes to the language model, too: a question in plain words does, a mere name does not."""
        return bool(self.model) and not text.startswith("/") and not (command and is_lookup(text, command))

    def answer(self, command: Command) -> Answer:
        """Answer a command that only looks.

        Raises:
            InputError: something that it names does not exist.
            WhydownError: the telemetry cannot be read.
        """
        match command.name:
            case "help":
                return help_answer(self.model)
            case "runs":
                return self._runs()
            case "why":
                return answers.why(self.answered(), self.hypothesis(command.rest))
            case "next":
                return answers.next_steps(self.hypothesis(command.rest))
            case "owner":
                return answers.owner(self.hypothesis(command.rest))
            case "missing":
                return answers.missing(self.answered())
            case "budget":
                return self._budget(*command.split())
            case "similar" if not command.rest:
                return answers.similar(self.answered(), self.settings.knowledge.folder is not None)
            case "evidence":
                return self._finding(command.rest)
        from agent.chat.tables import TableAnswers

        return TableAnswers(self._asked(), self.answered(), self.settings).answer(command)

    def _finding(self, evidence_id: str) -> Answer:
        found = self.find(evidence_id.upper())
        if found is None:
            raise InputError(f"no evidence {evidence_id!r}", "the list of evidence has the ids; /search finds text")
        return answers.finding(found)

    def _budget(self, name: str, number: str) -> Answer:
        purse = self.open_purse()
        if purse is None:
            if name:
                raise InputError(
                    "there is no budget to limit without a language model", "set model.url and model.model"
                )
            return answers.budget(self.answered())
        if name:
            purse.set_limit(name, number)
        return answers.budget(self.report, purse.budget)

    def _runs(self) -> Answer:
        from agent.show.runs import runs_table

        return Answer("Open one with /resume RUN.", runs_table(list_runs(self.settings.runs), 12))

    # What is said: each returns the steering that results, to be weighed

    def steering(self) -> Steering:
        """Return what has been said so far."""
        return self.incident.steering if self.incident else Steering()

    def rejecting(self, named: str, reason: str) -> Steering:
        """Return the steering with a hypothesis rejected, see `agent.chat.steers.rejected`."""
        return steers.rejected(self.steering(), self.hypothesis(named).component, reason)

    def restoring(self, named: str) -> Steering:
        """Return the steering without the rejection of a hypothesis, see `agent.chat.steers.restored`."""
        return steers.restored(self.steering(), self.hypothesis(named).component)

    def observing(self, text: str) -> Steering:
        """Return the steering with an observation, see `agent.chat.steers.observed`."""
        return steers.observed(self.steering(), text, self.known().services)

    def pinning(self, named: str) -> Steering:
        """Return the steering with a hypothesis pinned, or let go if it was, see `agent.chat.steers.pinned`."""
        return steers.pinned(self.steering(), self.hypothesis(named).component)

    def pin_evidence(self, evidence_id: str) -> bool:
        """Keep a finding on top of the list, or let it go; tell whether it is pinned now."""
        held = tuple(ref for ref in self.pinned_evidence if ref != evidence_id)
        self.pinned_evidence = (*held, evidence_id) if held == self.pinned_evidence else held
        return evidence_id in self.pinned_evidence

    def set_windows(self, text: str) -> None:
        """Change what is compared: `FROM..TO`, and the baseline after a blank.

        Raises:
            WindowError: a window cannot be read.
        """
        incident, _, baseline = text.strip().partition(" ")
        windows = {
            "incident_window": TimeWindow.parse(incident),
            "baseline_window": TimeWindow.parse(baseline) if baseline.strip() else None,
        }
        self.incident = self._asked().model_copy(update=windows)

    # What is kept

    def say(self, turn: Turn) -> None:
        """Keep a turn of the conversation."""
        with self._lock:
            self.transcript.add(turn)

    def export(self, file: str = "") -> Path:
        """Write the report as Markdown and return the file.

        Raises:
            InputError: the file cannot be written, or there is no report yet.
        """
        from agent.render import to_markdown

        report = self.answered()
        path = Path(file) if file else Path(f"whydown-{report.run_id}.md")
        try:
            path.write_text(to_markdown(report, every=True), encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write {path}", error.strerror or str(error)) from error
        return path
