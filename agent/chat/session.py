"""One conversation about one incident: what is known, what is asked, what is said and done about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.chat import answers
from agent.chat.answers import Answer
from agent.chat.commands import COMMANDS, Command, Known
from agent.chat.questions import EXAMPLES, understand
from agent.chat.transcript import Transcript, Turn, Typed
from agent.runs import RunFolder, find_run, list_runs
from agent.schema import Hypothesis, Incident, Observation, Rejection, Report, Steering
from tools.config import Settings
from tools.errors import InputError
from tools.evidence import Evidence
from tools.redact import redact_model
from tools.window import TimeWindow

if TYPE_CHECKING:
    from agent.investigation.watch import Interim, Watch

NO_MODEL = "No language model is set up, so only questions that stand for a table or a part of the report work:"
MODEL = "The model takes part in the investigation, not in this conversation; questions that stand for a table work:"


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
        self.typed = Typed(settings.runs / "typed.txt")
        self.pinned_evidence: tuple[str, ...] = ()
        self._known: tuple[Report | None, Known] | None = None
        self._clean: dict[str, Evidence] = {}

    @classmethod
    def open(cls, target: str, settings: Settings) -> Session:
        """Return a session about telemetry or about a run: its id, the beginning of one, or `last`.

        Telemetry is an incident folder, or a settings file (`.toml`) that names live backends.

        Raises:
            RunError: it is no folder, and no such run exists.
        """
        if not target:
            return cls(settings)
        if Path(target).is_dir() or Path(target).suffix == ".toml":
            return cls(settings, Incident(folder=Path(target)))
        return cls(settings, run=find_run(settings.runs, target))

    # What is known

    @property
    def title(self) -> str:
        """Return what the conversation is about, in a few words."""
        return self.incident.folder.resolve().name if self.incident else "no incident"

    def known(self) -> Known:
        """Return what can be named now; asked for at every key, so it is made once a report."""
        if self._known is None or self._known[0] is not self.report:
            self._known = (self.report, self._names(self.report))
        return self._known[1]

    def _names(self, report: Report | None) -> Known:
        evidence = report.evidence if report else ()
        services = {name for item in evidence for name in (item.subject.service, item.subject.peer) if name}
        links = {link.component for item in (report.hypotheses if report else ()) for link in item.chain}
        return Known(
            hypotheses=tuple(item.component for item in report.hypotheses) if report else (),
            evidence=tuple(item.id for item in evidence),
            services=tuple(sorted(services | links)),
            runs=tuple(run.id for run in reversed(list_runs(self.settings.runs))),
        )

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

        if self.run is not None and not again:
            report = investigation.resume(self.run.id, self.settings, watch=watch)
        else:
            report = investigation.investigate(self._asked(), self.settings, watch=watch)
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
        revised = investigation.revise(report.run_id, steering, self.settings, watch=watch)
        self.incident = self._asked().model_copy(update={"steering": steering})
        return self._keep(revised)

    def _keep(self, report: Report) -> Report:
        self.report = redact_model(report)
        return self.report

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
        if self.run is None or self.run.id != run_id:
            self.run = find_run(self.settings.runs, run_id)
            self.transcript = self.transcript.moved_to(self.run.path / "chat.jsonl")

    def _asked(self) -> Incident:
        if self.incident is None:
            raise InputError("there is no incident", "open one: whydown chat FOLDER, or /resume RUN")
        return self.incident

    # What is asked

    def understand(self, text: str) -> Command | None:
        """Return the command that a plain question stands for."""
        return understand(text, self.known())

    def answer(self, command: Command) -> Answer:
        """Answer a command that only looks.

        Raises:
            InputError: something that it names does not exist.
            WhydownError: the telemetry cannot be read.
        """
        match command.name:
            case "help":
                return help_answer()
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
                return answers.budget(self.answered(), self.settings.model)
            case "similar" if not command.rest:
                return answers.similar(self.answered(), self.settings.knowledge.folder is not None)
            case "evidence":
                return self._finding(command.rest)
        from agent.chat.tables import TableAnswers

        return TableAnswers(self._asked(), self.answered(), self.settings).answer(command)

    def _finding(self, evidence_id: str) -> Answer:
        found = answers.finding(self.answered(), evidence_id)
        if found is None:
            raise InputError(f"no evidence {evidence_id!r}", "the list of evidence has the ids; /search finds text")
        return found

    def _runs(self) -> Answer:
        from agent.show.runs import runs_table

        return Answer("Open one with /resume RUN.", runs_table(list_runs(self.settings.runs), 12))

    # What is said: each returns the steering that results, to be weighed

    def steering(self) -> Steering:
        """Return what has been said so far."""
        return self.incident.steering if self.incident else Steering()

    def rejecting(self, named: str, reason: str) -> Steering:
        """Return the steering with one more rejection.

        Raises:
            InputError: there is no such hypothesis, or no reason is given.
        """
        if not reason.strip():
            raise InputError("a rejection needs a reason", f"/reject {named} because …")
        component = self.hypothesis(named).component
        said = self.steering()
        others = tuple(item for item in said.rejected if item.component != component)
        return said.model_copy(update={"rejected": (*others, Rejection(component=component, reason=reason.strip()))})

    def restoring(self, named: str) -> Steering:
        """Return the steering without the rejection of a hypothesis.

        Raises:
            InputError: it is not rejected.
        """
        component = self.hypothesis(named).component
        said = self.steering()
        if not said.reason(component):
            raise InputError(f"{component} is not rejected", "")
        left = tuple(item for item in said.rejected if item.component != component)
        return said.model_copy(update={"rejected": left})

    def observing(self, text: str) -> Steering:
        """Return the steering with an observation: `for SERVICE TEXT`, `against SERVICE TEXT`, or plain text.

        Raises:
            InputError: there is no text, or it speaks for or against a service that nothing mentions.
        """
        side, _, rest = text.partition(" ")
        component, _, words = rest.strip().partition(" ")
        if side not in {"for", "against", "neither"}:
            seen = Observation(text=text.strip())
        elif not words.strip():
            raise InputError("the observation has no text", "/observe for SERVICE what you have seen")
        elif component not in self.known().services:
            raise InputError(f"nothing mentions a service {component!r}", "known: " + ", ".join(self.known().services))
        else:
            seen = Observation.model_validate({"text": words.strip(), "component": component, "speaks": side})
        said = self.steering()
        return said.model_copy(update={"observations": (*said.observations, seen)})

    def pinning(self, named: str) -> Steering:
        """Return the steering with a hypothesis pinned, or let go if it was.

        Raises:
            InputError: there is no such hypothesis.
        """
        component = self.hypothesis(named).component
        said = self.steering()
        held = tuple(name for name in said.pinned if name != component)
        return said.model_copy(update={"pinned": held if component in said.pinned else (*said.pinned, component)})

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


def help_answer() -> Answer:
    """Return what can be asked."""
    width = max(len(f"/{kind.name} {kind.arguments}") for kind in COMMANDS)
    commands = [f"  {f'/{kind.name} {kind.arguments}':{width}}  {kind.help}" for kind in COMMANDS]
    questions = [f"  {text}" for text in EXAMPLES]
    return Answer("\n".join(["Questions that work without a model:", *questions, "Commands:", *commands]))


def not_understood(model: str) -> Answer:
    """Return what can be asked instead of a question that stands for nothing.

    Args:
        model: name of the language model that is set up, empty without one.
    """
    return Answer("\n".join([MODEL if model else NO_MODEL, *(f"  {text}" for text in EXAMPLES)]))
