from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ci.comment import LIMIT, RunLink, fenced, to_comment
from agent.schema import FailureClass
from tests.agent.ci.markdown import HOSTILE, active
from tests.agent.ci.reports import ci_report

RUN = RunLink(repo="octo/shop", run_id=77, attempt=2, sha="0123456789abcdef", workflow="ci")


def test_the_first_line_says_verdict_confidence_and_run() -> None:
    first = to_comment(ci_report(), RUN).splitlines()[0]
    assert (
        first == "### Regression (80 %): why [run 77](https://github.com/octo/shop/actions/runs/77/attempts/2) failed"
    )


def test_lines_suspect_owner_and_next_step_are_shown() -> None:
    text = to_comment(ci_report(owner="@octo/team"), RUN)
    assert "**Decisive lines** of job `shop/cart.py:12: AssertionError`, lines 120-122" in text
    assert "```text\nshop/cart.py:12: AssertionError\n" in text
    assert "**Suspect:** `shop/cart.py:12: AssertionError`, owner `@octo/team`" in text
    assert "**Next:** " in text
    assert "<details><summary>Hypotheses and evidence</summary>" in text
    assert text.rstrip().endswith("<sub>commit `0123456789ab` · took 1.5 s · no language model</sub>")


def test_without_a_run_nothing_is_linked() -> None:
    assert "](http" not in to_comment(ci_report(), RunLink())


@pytest.mark.parametrize("repo", ["octo/shop](http://evil)", "a/b/c", "../x", "octo"])
def test_a_foreign_repository_name_is_not_linked(repo: str) -> None:
    text = to_comment(ci_report(), RunLink(repo=repo, run_id=7))
    assert "](http" not in text


def test_not_enough_evidence_claims_no_confidence() -> None:
    first = to_comment(ci_report(kind=FailureClass.NOT_ENOUGH_EVIDENCE), RUN).splitlines()[0]
    assert first.startswith("### Not enough evidence: why ")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_everywhere(text: str) -> None:
    links, html, headings = active(to_comment(ci_report(text=text, owner=text), RUN))
    assert links == {RUN.url}
    assert html == ["<details", "<summary", "</summary", "</details", "<sub", "</sub"]
    assert headings == ["h3"]


@given(st.lists(st.text(max_size=60), max_size=80), st.integers(min_value=2, max_value=50))
def test_no_lines_can_end_their_fence(lines: list[str], most: int) -> None:
    block = fenced(lines, most).split("\n")
    assert block[0].endswith("text")
    fence = block[0].removesuffix("text")
    assert block[-1] == fence
    assert not any(re.match(rf"\s*{fence}", line) for line in block[1:-1])
    assert len(block) <= most + 3


@pytest.mark.parametrize("pieces", [0, 500])
def test_the_comment_stays_within_the_limit(pieces: int) -> None:
    text = to_comment(ci_report(text="@" + "x`" * 5_000, lines=5_000, pieces=pieces), RUN)
    assert len(text) <= LIMIT
    assert text.startswith("### Regression")
    assert text.count("<details>") == text.count("</details>")


def test_indentation_of_log_lines_is_kept() -> None:
    assert "    at total\n        ^~~~" in fenced(["    at total", "\t    ^~~~"], 10)
