import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agent.render.markdown import to_markdown
from agent.render.markdown.escape import block, code, escape
from tests.agent.render import sample


def rendered(markdown: str) -> str:
    """Render as GitHub does: HTML let through, tables on."""
    page: str = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    return page


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).replace("\u200b", "")


def test_the_report_has_verdict_chain_evidence_and_remedies() -> None:
    markdown = to_markdown(sample.report())
    for expected in (
        "## Root cause: payment (slow code), 87 % confident",
        "### 1. `payment` `POST /charge`: slow code (87 %)",
        "1. `checkout`: waits for payment **not verified:** no such edge",
        "| E1 | self-time of payment POST /charge rose from 3.1 ms to 118 ms (median) "
        "| 3.1 ms | 118 ms | +41.2 | 10:00:30 |",
        "**Evidence against**",
        "- a CPU profile of payment",
        "1. Roll payment back to v41.",
        "**Owner:** team-payments",
        "2. `redis`: dependency down (&lt;1 %): redis does not answer (no evidence, against E2)",
        "- **Windows:** 2026-11-24 10:00:00..10:05:00 (5 min) against 2026-11-24 09:50:00..10:00:00",
        f"```sh\n{sample.QUERY}\n```",
    ):
        assert expected in markdown


def test_all_hypotheses_can_be_shown_in_full() -> None:
    assert "Restart redis." not in to_markdown(sample.report())
    assert "Restart redis." in to_markdown(sample.report(), every=True)


def test_a_healthy_report_is_short() -> None:
    markdown = to_markdown(sample.healthy())
    assert markdown.startswith("## Healthy: nothing deviates more than it does in the baseline itself\n")
    assert "Evidence" not in markdown


def test_tables_render_as_tables_with_one_row_a_finding() -> None:
    page = rendered(to_markdown(sample.hostile()))
    assert page.count("<table>") == 2
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    assert {row.count("<td") + row.count("<th") for row in rows} == {6}


def test_hostile_text_becomes_neither_html_nor_link_nor_mention() -> None:
    page = rendered(to_markdown(sample.hostile(), every=True))
    assert not re.search(r"<(img|a|script|b|bold)\b", page)
    outside_code = re.sub(r"<code.*?</code>", "", page, flags=re.DOTALL)
    for linked in ("@octocat", "#12", "http://"):
        assert linked not in outside_code


@pytest.mark.parametrize(
    "text",
    [
        "# heading",
        "- item",
        "1. item",
        "> quote",
        "[a](http://b)",
        "![a](b)",
        "**b** _i_ ~~s~~ `c`",
        "<script>alert(1)</script>",
        "&lt;b&gt;",
        "a | b",
        "\\* back",
        "---",
        "$x$",
        "www.evil.example",
        "GH-12 @org/team",
    ],
)
def test_escaped_text_renders_as_the_text_itself(text: str) -> None:
    page = rendered(escape(text))
    assert text_of(page).strip() == text
    assert re.findall(r"<(\w+)", page) == ["p"]


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_any_text_survives_escaping_without_markup(text: str) -> None:
    page = rendered(f"said: {escape(text)}")
    assert re.findall(r"<(\w+)", page) == ["p"]


@given(st.text(st.sampled_from("`a| \\<"), min_size=1))
def test_nothing_ends_a_code_span_or_a_table_cell(text: str) -> None:
    page = rendered(f"| h |\n|---|\n| {code(text)} |")
    assert re.findall(r"<(\w+)", page.split("<tbody>")[1]) == ["tr", "td", "code"]


def test_nothing_ends_a_block() -> None:
    page = rendered(block("a\n```\n<img> ````"))
    assert re.findall(r"<(\w+)", page) == ["pre", "code"]
