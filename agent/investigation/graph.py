"""The LangGraph graph: which node follows which. Nodes are timed and their progress is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agent.investigation import nodes
from agent.investigation.gather import gather
from agent.investigation.hear import hear
from agent.investigation.intake import intake
from agent.investigation.rank import rank
from agent.investigation.recall import recall, weigh
from agent.investigation.report import report
from agent.investigation.state import Context, State, evidence_of, hypotheses_of
from agent.investigation.verify import verify
from agent.investigation.watch import Interim
from agent.journal.recorder import WHOLE

Node = Callable[[State, Context], State]
NODES: dict[str, Node] = {
    "intake": intake,
    "survey": nodes.survey,
    "recall": recall,
    "hear": hear,
    "propose": nodes.propose,
    "gather": gather,
    "verify": verify,
    "rank": rank,
    "weigh": weigh,
    "report": report,
}
"""Nodes in order; each starts when the one before is done."""
BEFORE_HEARING = "recall"
"""The last node whose result does not depend on what a person says."""


def build_graph(checkpointer: Any) -> Any:
    """Return the compiled graph.

    Args:
        checkpointer: a LangGraph checkpoint saver; state is saved after every node.
    """
    graph = StateGraph(State, context_schema=Context)
    before = START
    for name, node in NODES.items():
        graph.add_node(name, _timed(name, node), input_schema=State)
        graph.add_edge(before, name)
        before = name
    graph.add_edge(before, END)
    return graph.compile(checkpointer=checkpointer)


def _visited(name: str, node: Node, state: State, context: Context) -> State:
    """Run a node; in a run with a journal what it finds and is told is recorded, or comes from the record."""
    journal = context.journal
    if journal is None:
        return node(state, context)
    seen = context if name in WHOLE else replace(context, telemetry=journal.telemetry(context.telemetry))
    return journal.node(name, state, lambda: node(state, seen))


def _timed(name: str, node: Node) -> Any:
    def run(state: State, runtime: Runtime[Context]) -> State:
        started = time.perf_counter()
        update = _visited(name, node, state, runtime.context)
        timings = {**update.get("timings", {}), name: round(time.perf_counter() - started, 3)}
        runtime.context.progress(name, "")
        if runtime.context.watch.wanted:
            runtime.context.watch.tell(_interim(name, {**state, **update}, runtime.context))
        return {**update, "timings": timings}

    return run


def _interim(node: str, known: State, context: Context) -> Interim:
    return Interim(node, tuple(evidence_of(known)), tuple(hypotheses_of(known)), context.run_id)
