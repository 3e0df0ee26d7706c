"""Ask the model: it looks into telemetry with read-only tools, answers in claims, and code decides what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from agent.argument.conversation import Conversation, EndedError, SpentError
from agent.argument.draft import explore
from agent.chat.model.arriving import Arriving
from agent.chat.model.case import Question, first_message
from agent.chat.model.judge import Judge
from agent.chat.model.purse import Purse
from agent.chat.transcript import Turn
from agent.claims import Known, Reply
from agent.investigation.argue import bench_of, known_services
from agent.investigation.investigate import open_context
from agent.investigation.record import recording_talk
from agent.investigation.state import Context, State
from agent.model import Message
from agent.prompts import load_prompt
from agent.runs import RunFolder
from agent.schema import Asked, Incident, Report
from agent.toolbox import Toolbox
from tools.config import Settings
from tools.errors import ConfigError
from tools.evidence import Evidence
from tools.window import NS, Scope

ASK, REPLY = "ask", "reply"
"""Prompts: how to look, and how to answer."""
SERIES = "Q"
"""Letter of the ids of what questions find: those of the investigation may be renumbered when it is revised."""
RAISE = "raise it with /budget; questions that stand for a table work on"


@dataclass(frozen=True, slots=True)
class Place:
    """What a question is asked about: a finished run. `looked` is what earlier questions have found."""

    run: RunFolder
    incident: Incident
    report: Report
    settings: Settings
    looked: Sequence[Evidence] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question. `notice` says why the answer ended early, or is empty."""

    turn: Turn
    found: tuple[Evidence, ...] = ()
    notice: str = ""


def ask_model(
    question: Question,
    place: Place,
    purse: Purse,
    told: Callable[[Turn], None] = lambda turn: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Answer a question with the model that the settings name.

    Args:
        question: what is asked.
        place: what it is about.
        purse: what it may cost.
        told: told of the turn as it grows.
        stopped: whether a person wants no more.

    Raises:
        ConfigError: no language model is set up.
        WhydownError: the telemetry or the run cannot be read.
    """
    if reason := purse.budget.exhausted():
        return Outcome(Turn(who="model", text=""), notice=f"{reason}: {RAISE}")
    context = open_context(place.incident, place.settings, place.run.id, None)
    with closing(context.telemetry):
        if context.model is None:
            raise ConfigError("no language model is set up", "set model.url and model.model")
        asking = _Asking(recording_talk(place.run, replace(context, budget=purse.budget)), place, told, stopped)
        return asking.about(question)


class _Asking:
    """One question on its way to an answer."""

    def __init__(
        self, context: Context, place: Place, told: Callable[[Turn], None], stopped: Callable[[], bool]
    ) -> None:
        assert context.model is not None
        assert context.budget is not None
        self._place = place
        self._told = told
        self._stopped = stopped
        windows = place.report.windows
        self._scope = Scope.of(windows.incident_window, windows.baseline_windows)
        state: State = {"scope": self._scope.model_dump_json()}
        self._bench, self._failures = bench_of(state, context)
        first = max((int(item.id[1:]) for item in place.looked), default=0) + 1
        self._box = context.boxed(Toolbox(self._bench, first, SERIES))
        self._talk = Conversation(context.model, context.budget, place.settings.model, stopped=stopped)
        known = (*place.report.evidence, *place.looked)
        self._services = known_services(context, known, place.report.hypotheses, self._bench.graph)
        self._asked: list[Asked] = []
        self._found: list[Evidence] = []
        self._arriving = Arriving()
        self._judge = self._judging()

    def about(self, question: Question) -> Outcome:
        """Answer, whatever happens: what had arrived before a failure is kept."""
        place = self._place
        self._talk.tell(Message(role="system", content=load_prompt(ASK).text))
        first = first_message(question, place.report, place.looked, self._bench)
        self._talk.tell(Message(role="user", content=first))
        try:
            vain = explore(self._talk, self._box, self._asked, self._found, self._progress, self._stopped)
            self._judge = self._judging()
            reply = self._conclude()
        except SpentError as reason:
            return self._broken(f"{reason}: {RAISE}")
        except EndedError as reason:
            return self._broken(str(reason))
        notes = [*self._failures, *([f"it asked no further: {vain}"] if vain else [])]
        return Outcome(self._judge.turn(reply, self._asked), tuple(self._found), "; ".join(notes))

    def _conclude(self) -> Reply:
        if self._stopped():
            raise EndedError("stopped by a person")
        return self._talk.conclude(load_prompt(REPLY).text, Reply, self._hear)

    def _broken(self, reason: str) -> Outcome:
        reply = self._arriving.reply
        turn = self._judge.turn(reply, self._asked, ended=True)
        kept = "; what had arrived is kept" if reply.claims or reply.explanation else ""
        return Outcome(turn, tuple(self._found), f"{reason}{kept}")

    def _progress(self, step: str) -> None:
        self._told(self._judge.turn(Reply(), self._asked, whole=False))

    def _hear(self, piece: str) -> None:
        if self._arriving.add(piece):
            self._told(self._judge.turn(self._arriving.reply, self._asked, whole=False))

    def _judging(self) -> Judge:
        """Return what judges by all that is known by now."""
        place = self._place
        evidence = (*place.report.evidence, *place.looked, *self._found)
        about = {name for item in self._found for name in (item.subject.service, item.subject.peer) if name}
        known = Known(
            evidence={item.id: item for item in evidence},
            graph=self._bench.graph,
            services=self._services | about,
            slack_s=self._scope.bucket_ns / NS,
        )
        return Judge(known, self._talk.model.name)
