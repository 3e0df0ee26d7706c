"""Plain JSON: found in whatever a model wraps it in, at a cost in proportion to the text."""

from __future__ import annotations

import json
import time

from hypothesis import given
from hypothesis import strategies as st

from agent.model import Completion
from agent.model.endpoint.plain import first_json, read_call

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
