"""Redaction of JSON values and models."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, JsonValue

from tests.tools.redact.canaries import CANARIES, leaks
from tools.redact import redact_json, redact_model


class Kind(StrEnum):
    MAIL = "a@example.org"


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str = ""
    number: float = float("nan")


class Outer(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Kind = Kind.MAIL
    path: Path = Path("a@example.org")
    inner: Inner = Inner()
    many: tuple[Inner, ...] = ()
    lists: list[str] = []
    table: dict[str, str] = {}


def test_json_is_walked_to_the_bottom() -> None:
    nested: JsonValue = {name: [{"text": canary.text}] for name, canary in CANARIES.items()}
    assert leaks(json.dumps(nested))
    assert leaks(json.dumps(redact_json(nested))) == []


def test_the_name_of_a_field_counts() -> None:
    value: JsonValue = {"db_password": "it's \\ mine", "Authorization": "Bearer x", "user": "app", "password": ""}
    assert redact_json(value) == {
        "db_password": "[redacted password]",
        "Authorization": "[redacted authorization]",
        "user": "app",
        "password": "",
    }


def test_numbers_and_blanks_stay() -> None:
    value: JsonValue = {"a": 1, "b": 0.5, "c": None, "d": True, "e": []}
    assert redact_json(value) == value


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([c.text for c in CANARIES.values()]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "password", "token"]), inner),
    max_leaves=8,
)


@given(json_values)
def test_json_twice_is_as_good_as_once(value: JsonValue) -> None:
    once = redact_json(value)
    assert redact_json(once) == once


def test_models_keep_their_type_and_what_is_no_text() -> None:
    secret = "password=CaNaRy7"
    model = Outer(
        inner=Inner(text=secret), many=(Inner(text=secret, number=1.5),), lists=[secret], table={secret: secret}
    )
    cleaned = redact_model(model)
    assert leaks(repr(cleaned)) == []
    assert cleaned.many == (Inner(text="password=[redacted password]", number=1.5),)
    assert (cleaned.kind, cleaned.path) == (Kind.MAIL, Path("a@example.org"))
    assert leaks(repr(model))


def test_a_model_without_secrets_is_given_back_as_it_is() -> None:
    model = Outer(inner=Inner(text="plain"), lists=["a"], table={"a": "b"})
    assert redact_model(model) is model
