"""How a comment looks to GitHub: what in it links, mentions, or is HTML."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

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
    "[x]: https://evil.example\n[x]",
    "octo/shop#12 mallory@evil.example ftp://evil.example",
    "/whydown confirm 1 done",
    "\r\n\r\n/whydown confirm\x00\x08\x7f",
]
"""What a log line, a test, a file name or a report may hold."""


def rendered(markdown: str) -> list[Token]:
    """Return all tokens that a Markdown renderer sees, inline ones too."""
    parser = MarkdownIt("commonmark").enable("table")
    return [child for token in parser.parse(markdown) for child in (token, *(token.children or ()))]


def active(markdown: str) -> tuple[set[str], list[str], list[str]]:
    """Return addresses that are linked, HTML tags, and headings; fail if anything foreign is more than text."""
    tokens = rendered(markdown)
    words = "".join(token.content for token in tokens if token.type == "text")
    assert not re.search(r"(?<![\w\u200b])@\w|#\d|(?:https?|ftp)://|www\.|\bGH-\d", words, re.IGNORECASE)
    assert not [token for token in tokens if token.type in {"image", "blockquote_open", "code_block"}]
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    html = re.findall(r"</?[\w!-]+", "".join(token.content for token in tokens if token.type.startswith("html")))
    return links, html, [token.tag for token in tokens if token.type == "heading_open"]
