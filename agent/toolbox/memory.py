"""The tool `postmortems`: past incidents that are described alike. A prior, never evidence of this one."""

from __future__ import annotations

import shlex

from agent.toolbox.bench import Bench
from agent.toolbox.tool import Arguments, Found, Line, Tool
from tools.evidence import Subject


class Text(Arguments):
    """What to look for."""

    text: str


def postmortems(bench: Bench, arguments: Text) -> Found:
    """Return confirmed postmortems that are like a description."""
    assert bench.recall is not None
    lines = [
        Line(text=f"{item.id} {item.title}: {', '.join(item.services)}; resolved by {item.resolution[:200]}")
        for item in bench.recall(arguments.text)
    ]
    query = shlex.join(["whydown", "kb", "search", arguments.text])
    return Found(title="similar past incidents", subject=Subject(kind="system"), lines=tuple(lines), query=query)


TOOLS = (
    Tool(
        "postmortems",
        "Past incidents like a description; they hint, they prove nothing.",
        Text,
        postmortems,
        lambda bench: bench.recall is not None,
    ),
)
