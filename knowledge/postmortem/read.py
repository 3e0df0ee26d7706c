"""Read a postmortem file strictly: either a whole postmortem, or every problem with its line."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from knowledge.postmortem.front_matter import FrontMatter, FrontMatterError, split_front_matter
from knowledge.postmortem.problem import Problem
from knowledge.postmortem.schema import FRONT_MATTER, Postmortem
from knowledge.postmortem.sections import HEADINGS, NOTES, field_of, heading, outside_fences

LARGEST_FILE = 4_000_000
"""Bytes of a file read at most."""


def read_postmortem(path: Path) -> tuple[Postmortem | None, list[Problem]]:
    """Read one file.

    Returns:
        The postmortem and no problem, or None and at least one problem. Never raises for what a file contains.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None, [Problem(path, 0, f"larger than {LARGEST_FILE // 1_000_000} MB")]
        raw = path.read_bytes()
    except OSError as error:
        return None, [Problem(path, 0, error.strerror or "cannot be read")]
    try:
        return parse_postmortem(raw.decode("utf-8"), path)
    except UnicodeDecodeError as error:
        return None, [Problem(path, raw[: error.start].count(b"\n") + 1, "not UTF-8")]


def parse_postmortem(text: str, path: Path) -> tuple[Postmortem | None, list[Problem]]:
    """Read the text of a file; `path` is only named in problems."""
    try:
        front = split_front_matter(text)
    except FrontMatterError as error:
        return None, [Problem(path, error.line, error.text)]
    if not front.lines:
        return None, [Problem(path, 1, "no front matter; `whydown kb import` reads free-form files")]
    problems = [
        Problem(path, line, f"unknown key {key!r}; known: {', '.join(FRONT_MATTER)}")
        for key, line in front.lines.items()
        if key not in FRONT_MATTER
    ]
    sections, repeated = split_body(front)
    problems += [Problem(path, line, f"a second section {HEADINGS[name]!r}") for name, line in repeated]
    if problems:
        return None, problems
    return _validated({**front.values, **sections}, front, path)


def _validated(values: dict[str, object], front: FrontMatter, path: Path) -> tuple[Postmortem | None, list[Problem]]:
    given = {key: value for key, value in values.items() if value is not None}
    try:
        return Postmortem.model_validate(given), []
    except ValidationError as error:
        problems = []
        for detail in error.errors():
            where = ".".join(str(part) for part in detail["loc"])
            line = front.lines.get(str(detail["loc"][0]), 1) if detail["loc"] else 1
            problems.append(Problem(path, line, f"{where}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"))
        return None, problems


def split_body(front: FrontMatter) -> tuple[dict[str, str], list[tuple[str, int]]]:
    """Return the text of each section, and sections that occur twice with their line.

    The heading that repeats the title is dropped; whatever belongs to no section goes to the notes.
    """
    texts: dict[str, list[str]] = {"notes": []}
    repeated = []
    current = "notes"
    for index, line, outside in outside_fences(front.body.split("\n")):
        level, title = (heading(line) if outside else None) or (0, "")
        name = field_of(title) if level in {1, 2} else ""
        untouched = not any(map(str.strip, texts["notes"]))
        if name:
            if name in texts:
                repeated.append((name, front.body_line + index))
            current = name
            texts.setdefault(name, [])
        elif level in {1, 2}:
            current = "notes"
            is_own_title = level == 1 and untouched and len(texts) == 1
            is_notes = untouched and title.casefold() == NOTES.casefold()
            if not is_own_title and not is_notes:
                texts["notes"].append(line)
        else:
            texts[current].append(line)
    return {name: "\n".join(lines).strip("\n") for name, lines in texts.items()}, repeated
