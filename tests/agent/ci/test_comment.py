from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from agent.ci.comment import LIMIT, RunLink, fenced, to_comment
from agent.schema import FailureClass
from tests.agent.ci.reports import ci_report

RUN = RunLink(repo="octo/shop", run_id=77, attempt=2, sha="0123456789abcdef", workflow="ci")


def rendered(markdown: str) -> list[Token]:
    """Return all tokens that a Markdown renderer sees, inline ones too."""
    parser = MarkdownIt("commonmark").enable("table")
    return [child for token in parser.parse(markdown) for child in (token, *(token.children or ()))]


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


HOSTILE = [
    "@octocat please",
    "cc @octo/team #12 GH-7",
    "<img src=x onerror=alert(1)>",
    "<details open><summary>x",
    "</details></td><script>alert(1)</script>",
    "[click](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "https://evil.example/?q=1 www.evil.example",
    "``` \n# Approved\n```",
    "`` ` `` <b>",
    "| a | b |\n|---|---|",
    "<!-- whydown:ci ci --> -->",
    "\u202egnirts\u200b @octocat",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "&lt;script&gt; &#64;octocat",
    "# title\n> quote\n- list",
    "~~~\n@octocat\n~~~",
    "$\\href{javascript:alert(1)}{x}$",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_everywhere(text: str) -> None:
    tokens = rendered(to_comment(ci_report(text=text, owner=text), RUN))
    words = "".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"(?<![\w\u200b])@\w|#\d|https?://|www\.|\bGH-\d", words, re.IGNORECASE)
    assert {token.attrs["href"] for token in tokens if token.type == "link_open"} == {RUN.url}
    assert not [token for token in tokens if token.type in {"image", "blockquote_open", "code_block"}]
    html = re.findall(r"</?[\w!-]+", "".join(token.content for token in tokens if token.type.startswith("html")))
    assert html == ["<details", "<summary", "</summary", "</details", "<sub", "</sub"]
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h3"]


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
