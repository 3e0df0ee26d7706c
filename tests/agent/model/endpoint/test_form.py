"""Forms: every kind of field, and schemas that contain themselves."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from agent.model.endpoint.form import form_of
from agent.schema import Report


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Leaf(BaseModel):
    colour: Colour
    only: Literal["this"] = "this"
    free: object = None


class Tree(BaseModel):
    name: str
    size: float
    count: int = 0
    good: bool = True
    maybe: str | None = None
    leaves: tuple[Leaf, ...] = ()


class Endless(BaseModel):
    inner: list[Endless] = []


def test_a_form_shows_what_to_fill_in() -> None:
    leaf = {"colour": "<red | blue>", "only": "<this>", "free": "<anything>"}
    assert form_of(Tree) == {
        "name": "<text>",
        "size": 0.0,
        "count": 0,
        "good": True,
        "maybe": "<text>",
        "leaves": [leaf],
    }


def test_a_schema_that_contains_itself_ends() -> None:
    assert "…" in str(form_of(Endless))


def test_a_large_schema_is_shorter_as_a_form() -> None:
    assert len(str(form_of(Report))) < len(str(Report.model_json_schema())) / 3
