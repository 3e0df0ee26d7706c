"""Plain JSON: found in whatever a model wraps it in, at a cost in proportion to the text."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from agent.model import Completion, Finish
from agent.model.endpoint.plain import first_json, fitting_json, read_call

objects = st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=8), max_size=4)


@given(objects, st.text(st.characters(exclude_characters="{"), max_size=40), st.text(max_size=40))
def test_an_object_is_found_after_any_introduction(value: dict[str, object], before: str, after: str) -> None:
    assert json.loads(first_json(before + json.dumps(value) + after)) == value


@given(st.text(max_size=60))
def test_any_text_gives_an_object_or_nothing(text: str) -> None:
    found = first_json(text)
    assert found == "" or isinstance(json.loads(found), dict)


def test_a_set_in_prose_before_it_is_passed_over() -> None:
    assert first_json('one of {a, b}: {"service": "a"}') == '{"service": "a"}'


def test_hostile_braces_cost_little() -> None:
    began = time.process_time()
    assert first_json("{" * 200_000) == ""
    assert first_json('{"a":' * 200_000) == ""
    assert time.process_time() - began < 1.0


@given(st.text(max_size=30))
def test_what_is_no_call_stays_as_it_is(text: str) -> None:
    answer = Completion(text=text)
    assert read_call(answer, 1) == answer


def test_a_call_of_an_odd_form_is_none() -> None:
    for text in ('{"tool": 3}', '{"tools": "x"}', "[]", '{"tool": null, "arguments": {}}'):
        assert read_call(Completion(text=text), 1).tool_calls == ()


class Listed(BaseModel):
    names: list[str] = []
    note: str = ""


def test_an_object_within_one_that_was_cut_off_is_not_the_whole() -> None:
    """A small model filled its limit with claims; the first claim alone passed for an empty answer."""
    assert first_json('{"claims": [{"service": "pay"}, {"service": "ca') == ""


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=5), st.data())
def test_what_is_complete_of_an_answer_that_was_cut_off_is_taken(names: list[str], data: st.DataObject) -> None:
    whole = json.dumps({"names": names, "note": "end"})
    at = data.draw(st.integers(len('{"names": ['), len(whole) - 1))
    read = Listed.model_validate_json(fitting_json(Completion(text="So: " + whole[:at], finish="length"), Listed))
    assert read.names == names[: len(read.names)]
    assert read.note in ("", "end")


@pytest.mark.parametrize(
    ("text", "finish", "problem"),
    [
        ('{"names": ["a", "b', "stop", "no JSON object"),
        ("", "length", "cut off at the limit, be brief"),
        ("So many names that", "length", "cut off at the limit, be brief"),
        ('{"names": {"a": 1}', "length", "names: .*cut off at the limit"),
        ('{"names": 3}', "stop", "^names: Input should be a valid array$"),
    ],
)
def test_what_does_not_fit_is_said(text: str, finish: Finish, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        fitting_json(Completion(text=text, finish=finish), Listed)
