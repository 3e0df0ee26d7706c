from __future__ import annotations

import pytest

from agent.ci.comment import LIMIT
from agent.ci.replies.answer import answer_marker, answered, why_text
from agent.schema import ChainLink
from tests.agent.ci.markdown import HOSTILE, active
from tests.agent.ci.reports import ci_report
from tools.errors import InputError


def test_evidence_for_and_against_with_its_numbers_is_told() -> None:
    report = ci_report(pieces=1)
    first, *rest = report.evidence
    told = first.model_copy(update={"baseline": 0.1, "incident": 2.0, "unit": "s", "effect": 8.0})
    one = report.hypotheses[0].model_copy(
        update={"contradicts": ("E3",), "chain": (ChainLink(component="cart", effect="adds too little"),)}
    )
    text = why_text(report.model_copy(update={"evidence": (told, *rest), "hypotheses": (one,)}), 1)
    assert "100 ms → 2 s, effect +8" in text
    assert text.index("For it:") < text.index("**E1**") < text.index("Against it:") < text.index("**E3**")
    assert "1. `cart`: adds too little" in text
    assert "check: `sed -n 120,122p build.log`" in text


def test_a_hypothesis_that_does_not_exist_is_told() -> None:
    with pytest.raises(InputError, match="the report has no hypothesis 2: there are: 1"):
        why_text(ci_report(), 2)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    links, html, headings = active(answer_marker(2, "why") + why_text(ci_report(text=text), 1))
    assert (links, headings) == (set(), [])
    assert set(html) <= {"<!--", "<sub", "</sub"}


def test_an_answer_stays_within_the_limit() -> None:
    report = ci_report(text="x`@" * 4_000, lines=500, pieces=40)
    one = report.hypotheses[0].model_copy(update={"supports": tuple(item.id for item in report.evidence)})
    text = why_text(report.model_copy(update={"hypotheses": (one,)}), 1)
    assert len(text) <= LIMIT - len(answer_marker(10**18, "confirm"))


def test_secrets_do_not_leave() -> None:
    assert "hunter2secret" not in why_text(ci_report(text="password=hunter2secret"), 1)


@pytest.mark.parametrize(
    "body", [None, "", "text", " <!-- whydown:reply to=2 verb=why -->\n", "> " + answer_marker(2, "why")]
)
def test_only_answers_are_answers(body: str | None) -> None:
    assert answered(body) is None
    assert answered(answer_marker(2, "why") + "x") == (2, "why")
