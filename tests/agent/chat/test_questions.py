"""Plain questions without a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat.commands import Command, Known
from agent.chat.questions import understand

KNOWN = Known(("payment", "catalog"), ("E1",), ("checkout", "payment", "payment-db", "config", "catalog"), ())


@pytest.mark.parametrize(
    ("question", "name", "rest"),
    [
        ("what broke?", "why", ""),
        ("why is payment slow?", "compare", "payment"),
        ("why payment?", "why", "payment"),
        ("H2?", "why", "H2"),
        ("what changed since noon", "changes", ""),
        ("errors of checkout", "errors", "checkout"),
        ("logs of payment", "logs", "payment"),
        ("what does payment-db log?", "logs", "payment-db"),
        ('logs of payment with "time out"', "logs", "payment time out"),
        ("cpu of payment", "metrics", "payment cpu"),
        ("show the slowest trace of checkout", "trace", "checkout"),
        ("76c3c07cdabf24498ffdf957e9ba47b0", "trace", "76c3c07cdabf24498ffdf957e9ba47b0"),
        ("who calls payment?", "topology", "payment"),
        ("who is affected?", "topology", ""),
        ("has this happened before?", "similar", ""),
        ("what should I check next?", "next", ""),
        ("who owns it?", "owner", ""),
        ("whom should I call", "owner", ""),
        ("what do we not know", "missing", ""),
        ("e7", "evidence", "E7"),
        ("how much did that cost?", "budget", ""),
        ("compare checkout with the baseline", "compare", "checkout"),
        ("checkout?", "why", ""),
    ],
)
def test_a_question_stands_for_a_command(question: str, name: str, rest: str) -> None:
    assert understand(question, KNOWN) == Command(name, rest)


@pytest.mark.parametrize("question", ["how is the weather in Paris", "", "lorem ipsum dolor"])
def test_what_stands_for_nothing_is_not_guessed(question: str) -> None:
    assert understand(question, KNOWN) is None


def test_a_service_is_not_mistaken_for_a_word_of_the_question() -> None:
    assert understand("logs of config", KNOWN) == Command("logs", "config")


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    found = understand(text, KNOWN)
    assert found is None or found.name
