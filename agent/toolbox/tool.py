"""What a tool is, and what it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from agent.model import ToolSpec
from tools.evidence import Fact, Sample, Subject

On = TypeVar("On")
"""What a tool reads: `agent.toolbox.Bench` of an incident, `agent.toolbox.RunBench` of a failed CI run."""


class Arguments(BaseModel):
    """Arguments of a call; what a tool does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=300)


class Line(BaseModel):
    """One line of a result with the numbers and the words in it that may be cited."""

    model_config = ConfigDict(frozen=True)

    text: str
    facts: tuple[Fact, ...] = ()
    samples: tuple[Sample, ...] = ()


class Found(BaseModel):
    """The whole result of a query. `query` is a command that prints it again."""

    model_config = ConfigDict(frozen=True)

    title: str
    subject: Subject
    lines: tuple[Line, ...]
    query: str
    onset: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Tool(Generic[On]):
    """A query that a model may ask for.

    `there` tells whether the bench has what it needs; `run` may raise `WhydownError`. `needs` is what an earlier
    result must have named before the tool is of any use: until then no tokens are spent on offering it.
    """

    name: str
    description: str
    arguments: type[Arguments]
    run: Callable[[On, Any], Found]
    there: Callable[[On], bool]
    needs: Literal["", "trace", "page"] = ""

    def spec(self) -> ToolSpec:
        """Return the tool as a model is told of it, in as few tokens as will do."""
        schema = self.arguments.model_json_schema()
        properties = {name: _short(value) for name, value in schema.get("properties", {}).items()}
        parameters: dict[str, object] = {"type": "object", "properties": properties}
        if schema.get("required"):
            parameters["required"] = schema["required"]
        return ToolSpec(name=self.name, description=self.description, parameters=parameters)


def _short(field: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key in {"type", "enum", "description"}}
