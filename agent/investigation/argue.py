"""Argue: let the model ask and answer, then check what it said. Imported only where there is a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.argument import Draft, hold_argument, weigh_argument
from agent.argument.conversation import Conversation
from agent.argument.digest import CaseView, digest
from agent.argument.fence import unfenced
from agent.argument.prose import shown_prose
from agent.argument.weigh import Case
from agent.claims import Answer, Known, check_claims
from agent.claims.claim import MOST_CLAIMS
from agent.investigation.state import Context, State, dump, evidence_of, hypotheses_of, scope_of
from agent.investigation.verify import topology_of
from agent.schema import Argument, Hypothesis, Similar, Usage
from agent.toolbox import Bench, Toolbox
from tools.errors import KnowledgeError, WhydownError
from tools.evidence import Evidence
from tools.repository import Repository, open_repository
from tools.sources.rows import Call
from tools.window import NS, to_datetime

RESULTS = "results"
"""Folder of a run that holds what does not fit on one page."""


def argue(state: State, context: Context) -> State:
    """Let the model argue; its queries' results join the evidence, what it answers is not believed yet."""
    assert context.model is not None
    assert context.budget is not None
    evidence, scope = evidence_of(state), scope_of(state)
    bench, failures = bench_of(state, context)
    case = CaseView(
        symptom=state.get("symptom", ""),
        question=context.incident.question,
        scope=scope,
        hypotheses=hypotheses_of(state),
        evidence=evidence,
        graph=bench.graph,
        services=bench.services(),
    )
    draft, found = hold_argument(
        Conversation(context.model, context.budget, context.settings.model),
        context.boxed(Toolbox(bench, len(evidence) + 1)),
        digest(case),
        progress=lambda step: context.progress("gather", step),
        stopped=lambda: context.watch.stopped,
    )
    return {
        "evidence": dump([*evidence, *found]),
        "draft": draft.model_dump_json(),
        "usage": spent(context).model_dump_json(),
        "failures": [*state.get("failures", []), *failures],
    }


def bench_of(state: State, context: Context) -> tuple[Bench, list[str]]:
    """Return what the model's queries may read, and what of it cannot be read."""
    repository, failures = opened_repository(context)
    bench = Bench(
        telemetry=context.telemetry,
        scope=scope_of(state),
        folder=context.folder.path,
        graph=topology_of(state, context),
        repository=repository,
        recall=recaller(state, context),
        spill=context.settings.runs / context.run_id / RESULTS if context.run_id else None,
    )
    return bench, failures


def opened_repository(context: Context) -> tuple[Repository | None, list[str]]:
    """Return the repository of the settings, or why it cannot be read."""
    if context.settings.repository is None:
        return None, []
    try:
        return open_repository(context.settings.repository), []
    except WhydownError as error:
        return None, [f"repository: {error}"]


def recaller(state: State, context: Context) -> Callable[[str], list[Similar]] | None:
    """Return what finds postmortems like a text; None without a knowledge base."""
    settings = context.settings.knowledge
    if settings.folder is None:
        return None
    day = to_datetime(scope_of(state).incident.start_ns).date()

    def recall(text: str) -> list[Similar]:
        from agent.investigation.recall import recalled
        from knowledge.base import open_knowledge

        try:
            with open_knowledge(settings) as base:
                return recalled(base.searcher, text, [], day)
        except KnowledgeError:
            return []

    return recall


def spent(context: Context) -> Usage:
    """Return what the model has cost so far."""
    assert context.model is not None
    assert context.budget is not None
    budget = context.budget
    return Usage(
        model=context.model.name,
        prompt_tokens=budget.usage.prompt_tokens,
        completion_tokens=budget.usage.completion_tokens,
        calls=budget.calls,
        cost=budget.money,
    )


def judge_draft(state: State, context: Context, graph: Sequence[Call]) -> tuple[list[Hypothesis], State]:
    """Check what the model said, and return the hypotheses after what that may move, and the argument to show."""
    draft, evidence, hypotheses = Draft.model_validate_json(state["draft"]), evidence_of(state), hypotheses_of(state)
    known = Known(
        evidence={item.id: item for item in evidence},
        graph=graph,
        services=known_services(context, evidence, hypotheses, graph),
        slack_s=scope_of(state).bucket_ns / NS,
    )
    answer = as_written(draft.answer)
    checked = check_claims(answer.claims, known)
    weighed, suggested = weigh_argument(answer, checked, Case(known, hypotheses, state.get("nothing", 0.0)))
    prose, withheld = shown_prose(answer.explanation, evidence)
    argument = Argument(
        model=draft.model,
        prompts=draft.prompts,
        asked=draft.asked,
        claims=tuple(checked),
        suggested=tuple(suggested),
        prose=prose,
        withheld=withheld,
        ended=draft.ended,
    )
    return weighed, {"argument": argument.model_dump_json()}


def as_written(answer: Answer) -> Answer:
    """Return an answer with as many claims as are read, and its names and quotations as they were before the fence."""
    claims = [
        claim.model_copy(
            update={
                name: unfenced(getattr(claim, name)) for name in ("service", "operation", "peer", "metric", "quote")
            }
        )
        for claim in answer.claims[:MOST_CLAIMS]
    ]
    return answer.model_copy(update={"claims": tuple(claims)})


def known_services(
    context: Context, evidence: Sequence[Evidence], hypotheses: Sequence[Hypothesis], graph: Sequence[Call]
) -> frozenset[str]:
    """Return every component that may be named: those that telemetry, topology or evidence mention."""
    sending = {name for source in context.telemetry.present() for name in source.services()}
    called = {name for call in graph for name in (call.caller, call.callee)}
    about = {name for item in evidence for name in (item.subject.service, item.subject.peer)}
    return frozenset(name for name in sending | called | about | {h.component for h in hypotheses} if name)
