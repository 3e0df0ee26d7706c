"""Free-form Markdown, with or without the usual headings."""

from __future__ import annotations

import re

from knowledge.importing.draft import make_draft
from knowledge.importing.understood import Understood
from knowledge.importing.values import says_nothing
from knowledge.importing.vocabulary import field_named, section_named
from knowledge.postmortem.front_matter import FrontMatterError, split_front_matter
from knowledge.postmortem.sections import heading, outside_fences

_PAIR = re.compile(r"^\s*(?:[-*+]\s+)?[_*]*([A-Za-z][A-Za-z /]{1,24}?)[_*]*\s*:[_*]*\s+(\S.*)$")
_ROW = re.compile(r"^\s*\|\s*\**([A-Za-z][A-Za-z ]{1,24}?)\**\s*\|\s*([^|]+?)\s*\|?\s*$")
_HEADER_FIELDS = {"date", "services", "dependencies", "severity", "owner", "fault_kind", "links"}


def understand_markdown(text: str, source: str) -> Understood:
    """Make a draft of a Markdown file.

    The first heading is the title. A heading that people commonly use starts a section; other headings
    stay inside the section they stand in when they are deeper than it, else go to the notes. Where no
    heading names the symptoms, the first paragraph outside the other sections stands for them.
    """
    values, body = _front_matter(text)
    parts: dict[str, object] = {}
    taken: dict[str, list[str]] = {}
    for key, value in values.items():
        if (field := field_named(key)) and not says_nothing(value):
            parts.setdefault(field, value)
            taken.setdefault(field, []).append(key)
    left = [key for key, value in values.items() if not field_named(key) and not says_nothing(value)]
    blocks = _blocks(body)
    if blocks and blocks[0].level == 1 and not blocks[0].field:
        if "title" not in parts:
            parts["title"] = blocks[0].title
            taken["title"] = [blocks[0].title]
        blocks[0].title = ""
    _header_lines(blocks, parts, taken)
    _sections(blocks, parts, taken, left)
    if "symptoms" not in parts:
        _first_paragraph(parts, taken)
    found = {field: tuple(names) for field, names in taken.items()}
    return Understood(source, (source,), make_draft(parts, source), found, tuple(left))


class _Block:
    """A heading and the lines below it, up to the next heading."""

    def __init__(self, level: int, title: str) -> None:
        self.level = level
        self.title = title
        self.field = section_named(title)
        self.lines: list[str] = []


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    try:
        front = split_front_matter(text)
    except FrontMatterError:
        return {}, text
    return front.values, front.body


def _blocks(body: str) -> list[_Block]:
    blocks = [_Block(0, "")]
    for _, line, outside in outside_fences(body.split("\n")):
        found = heading(line) if outside else None
        if found:
            blocks.append(_Block(*found))
        else:
            blocks[-1].lines.append(line)
    return [block for block in blocks if block.title or any(line.strip() for line in block.lines)]


def _header_lines(blocks: list[_Block], parts: dict[str, object], taken: dict[str, list[str]]) -> None:
    """Read `Severity: high` lines and `| Owner | ana |` rows before the first section."""
    for block in blocks[:2]:
        if block.field:
            return
        for line in block.lines:
            match = _PAIR.match(line) or _ROW.match(line)
            field = field_named(match[1]) if match else ""
            if match and field in _HEADER_FIELDS and field not in parts:
                parts[field] = match[2].strip(" *_")
                taken.setdefault(field, []).append(match[1])


def _sections(blocks: list[_Block], parts: dict[str, object], taken: dict[str, list[str]], left: list[str]) -> None:
    texts: dict[str, list[str]] = {}
    current, level = "notes", 0
    for block in blocks:
        if block.field:
            current, level = block.field, block.level
            taken.setdefault(current, []).append(block.title)
        elif block.level <= level or current == "notes":
            current, level = "notes", block.level
            left += [block.title] if block.title else []
        repeats = block.field and len(taken.get(block.field, [])) == 1
        title = [f"{'#' * max(2, block.level)} {block.title}"] if block.title and not repeats else []
        texts.setdefault(current, []).append("\n".join([*title, *block.lines]).strip("\n"))
    for field, blocks_of_field in texts.items():
        parts.setdefault(field, "\n\n".join(text for text in blocks_of_field if text))


def _first_paragraph(parts: dict[str, object], taken: dict[str, list[str]]) -> None:
    paragraphs = [text for text in re.split(r"\n\s*\n", str(parts.get("notes", ""))) if text.strip()]
    prose = next((i for i, text in enumerate(paragraphs) if not text.lstrip().startswith(("#", "|", "```"))), None)
    if prose is None:
        return
    parts["symptoms"] = paragraphs[prose]
    parts["notes"] = "\n\n".join(paragraphs[:prose] + paragraphs[prose + 1 :])
    taken["symptoms"] = ["(first paragraph)"]
