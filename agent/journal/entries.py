"""The lines of a journal. Every line is one JSON object; `kind` tells which.

`visit` numbers the visits of nodes: a node that an interruption cut short is visited again, and only its last visit
counts.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, TypeAdapter

from agent.model.messages import Completion, Message
from tools.evidence import Evidence

VERSION = 1


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True)


class Begun(_Line):
    """An investigation begins or goes on. `state` is set where it goes on from an earlier answer."""

    kind: Literal["begun"] = "begun"
    journal: int = VERSION
    at: AwareDatetime
    whydown: str = Field(description="version of the program")
    python: str
    model: str = Field(default="", description="name of the language model, empty for none")
    live: tuple[str, ...] = Field(default=(), description="signals that are read from elsewhere")
    signals: dict[str, str] = Field(default_factory=dict, description="signal → name of the source that answers")
    unanswered: tuple[tuple[str, str, str], ...] = Field(default=(), description="signal, name and reason")
    settings: dict[str, JsonValue] = Field(default_factory=dict, description="without keys")
    state: dict[str, JsonValue] = Field(default_factory=dict)


class Visited(_Line):
    """A node begins."""

    kind: Literal["visited"] = "visited"
    visit: int
    node: str


class Stepped(_Line):
    """A node that reads much telemetry, or what is not telemetry, is done: all that it found."""

    kind: Literal["stepped"] = "stepped"
    visit: int
    update: dict[str, JsonValue]


class Found(_Line):
    """Another node has added evidence."""

    kind: Literal["found"] = "found"
    visit: int
    evidence: tuple[Evidence, ...]


class Answered(_Line):
    """A source of telemetry, or a tool that the model called (`box`), has answered."""

    kind: Literal["answered"] = "answered"
    visit: int
    who: str = Field(description="traces, logs, metrics, changes or box")
    method: str
    arguments: JsonValue
    result: JsonValue
    seconds: float = 0.0


class Failure(_Line):
    """Why the model gave no answer: the name of the error's class in `tools.errors` and its words."""

    error: str
    problem: str
    remedy: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Sent(_Line):
    """A request left the machine: one for each question, more after a repair or when it is repeated."""

    kind: Literal["sent"] = "sent"
    visit: int
    number: int
    body: JsonValue


class Exchange(_Line):
    """The model was asked. Written twice, at the beginning without an outcome: the model may never answer."""

    kind: Literal["exchange"] = "exchange"
    visit: int
    number: int
    request: str = Field(description="digest of conversation, tools, schema and limit")
    messages: tuple[Message, ...] = ()
    tools: tuple[str, ...] = ()
    form: str = Field(default="", description="name of the schema that was asked for")
    max_tokens: int
    answer: Completion | None = None
    failure: Failure | None = None
    seconds: float = 0.0
    cost: float = Field(default=0.0, description="in the currency of the configured prices")


class Ended(_Line):
    """A report is there."""

    kind: Literal["ended"] = "ended"
    at: AwareDatetime
    verdict: str
    timings: dict[str, float]
    usage: JsonValue
    prompts: dict[str, str] = Field(default_factory=dict, description="prompt file → version")


Entry = Begun | Visited | Stepped | Found | Answered | Sent | Exchange | Ended
LINE: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])
