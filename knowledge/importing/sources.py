"""Files and folders to import from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from knowledge.importing.markdown import understand_markdown
from knowledge.importing.records import FieldMap, understand_record
from knowledge.importing.understood import Understood
from knowledge.postmortem import Problem
from knowledge.postmortem.front_matter import FrontMatterError, split_front_matter
from knowledge.postmortem.read import LARGEST_FILE
from tools.errors import FormatError

_MARKDOWN = {".md", ".markdown"}
_RECORDS = {".jsonl", ".ndjson", ".json"}


def read_sources(path: Path, field_map: FieldMap | None = None) -> tuple[list[Understood], list[Problem]]:
    """Read a file, or all Markdown and JSON files of a folder with its sub-folders.

    Returns:
        What was understood in order of path, and what could not be read, by file and line.

    Raises:
        FormatError: there is no such file, or nothing in it that could be imported.
    """
    if not path.exists():
        raise FormatError(f"nothing at {path}", "give Markdown or JSON lines files, or a folder of them")
    found: list[Understood] = []
    problems: list[Problem] = []
    for file in _files(path):
        name = str(file.relative_to(path)) if path.is_dir() else file.name
        for item in _read(file, name, field_map):
            if isinstance(item, Problem):
                problems.append(item)
            else:
                found.append(item)
    if not found and not problems:
        raise FormatError(f"nothing to import in {path}", "files must end in .md, .jsonl or .json")
    return found, problems


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    known = _MARKDOWN | _RECORDS
    files = [file for file in path.rglob("*") if file.is_file() and file.suffix.casefold() in known]
    return sorted(file for file in files if not any(part.startswith(".") for part in file.relative_to(path).parts))


def _read(file: Path, name: str, field_map: FieldMap | None) -> Iterator[Understood | Problem]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        yield Problem(file, 0, error.strerror or "cannot be read")
        return
    except UnicodeDecodeError:
        yield Problem(file, 0, "not UTF-8")
        return
    if file.suffix.casefold() in _RECORDS:
        yield from _records(file, name, text, field_map)
    elif len(text) > LARGEST_FILE:
        yield Problem(file, 0, f"larger than {LARGEST_FILE // 1_000_000} MB")
    elif not text.strip():
        yield Problem(file, 0, "empty")
    else:
        yield from _markdown(file, name, text)


def _markdown(file: Path, name: str, text: str) -> Iterator[Understood | Problem]:
    """A draft, and before it what is wrong with the front matter, whose text is kept all the same."""
    try:
        split_front_matter(text)
    except FrontMatterError as error:
        yield Problem(file, error.line, f"{error.text}; all of the file is taken as text")
    yield understand_markdown(text, name)


def _records(file: Path, name: str, text: str, field_map: FieldMap | None) -> Iterator[Understood | Problem]:
    """A JSON array, one object, or one object a line."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        whole = None
    if whole is not None:
        items = [(0, item) for item in (whole if isinstance(whole, list) else [whole])]
    else:
        items = [(line, raw) for line, raw in enumerate(text.split("\n"), 1) if raw.strip()]
    for number, (line, item) in enumerate(items, 1):
        try:
            record = json.loads(item) if line else item
        except (ValueError, RecursionError):
            yield Problem(file, line, "not JSON")
            continue
        if not isinstance(record, dict):
            yield Problem(file, line, "not a JSON object")
            continue
        yield understand_record(record, f"{name}:{line or number}", field_map)
