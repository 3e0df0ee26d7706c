"""A request as the `whydown show …` command that stands for it, and back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from agent.show.request import Filters, Request
from tools.errors import InputError
from tools.window import TimeWindow

_FILTERS = frozenset({"service", "operation", "peer", "pod", "name", "trace", "search"})


def request_of(command: str) -> Request:
    """Return the request behind a command.

    Raises:
        InputError: it is no `whydown show` command, or one of its options is not known here.
        WindowError: a window cannot be read.
    """
    try:
        words = iter(shlex.split(command))
    except ValueError as error:  # an unclosed quote
        raise InputError(f"cannot read the command {command[:60]!r}", str(error)) from error
    if [next(words, ""), next(words, "")] != ["whydown", "show"]:
        raise InputError(f"no `whydown show` command: {command[:60]!r}", "")
    places: list[str] = []
    request = Request(folder=Path())
    for word in words:
        if word.startswith("--"):
            request = _with_option(request, word.removeprefix("--"), words)
        else:
            places.append(word)
    if not places:
        raise InputError(f"the command names no folder: {command[:60]!r}", "")
    return replace(request, folder=Path(places[0]), signal=places[1] if len(places) > 1 else "")


def _with_option(request: Request, name: str, words: Iterator[str]) -> Request:
    if name == "compare":
        return replace(request, compare=True)
    value = next(words, "")
    match name:
        case "table":
            return replace(request, table=value)
        case "incident":
            return replace(request, incident=TimeWindow.parse(value))
        case "baseline":
            return replace(request, baseline=(*request.baseline, TimeWindow.parse(value)))
        case "limit" if value.isdecimal():
            return replace(request, filters=replace(request.filters, limit=int(value)))
        case _ if name in _FILTERS:
            return replace(request, filters=_with_filter(request.filters, name, value))
    raise InputError(f"cannot read the option --{name} {value}", "")


def _with_filter(filters: Filters, name: str, value: str) -> Filters:
    return Filters(**{**{key: getattr(filters, key) for key in (*_FILTERS, "limit")}, name: value})


def command_of(request: Request) -> str:
    """Return the command that prints the table of a request, quoted for a shell."""
    words = ["whydown", "show", str(request.folder), *([request.signal] if request.signal else [])]
    words += ["--table", request.table] if request.table else []
    words += ["--compare"] if request.compare else []
    words += ["--incident", str(request.incident)] if request.incident else []
    words += [word for window in request.baseline for word in ("--baseline", str(window))]
    for name in ("service", "operation", "peer", "pod", "name", "trace", "search"):
        value = getattr(request.filters, name)
        words += [f"--{name}", value] if value else []
    words += ["--limit", str(request.filters.limit)] if request.filters.limit != Filters().limit else []
    return shlex.join(words)
