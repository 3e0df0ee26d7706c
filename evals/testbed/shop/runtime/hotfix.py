"""Change the code of a running process: swap one function's body for an edited version of its source.

The process keeps its connections and its memory, as after a hot reload. What is swapped stands in
`patches/<instance>.json`; an empty list restores the original.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import linecache
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

POLL_SECONDS = 0.25


class Edit(BaseModel):
    """One change of a function. `old` must stand exactly once in the module's source."""

    model_config = ConfigDict(frozen=True)

    module: str
    function: str
    old: str
    new: str


class Hotfix:
    """The edits in effect in this process.

    Args:
        path: the JSON list of edits to follow.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = 0
        self._originals: dict[tuple[str, str], CodeType] = {}

    async def follow(self) -> None:
        """Apply the file whenever it changes, until cancelled."""
        while True:
            self.refresh()
            await asyncio.sleep(POLL_SECONDS)

    def refresh(self) -> None:
        """Apply the file if it changed since the last call."""
        stamp = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if stamp == self._stamp:
            return
        self._stamp = stamp
        self._restore()
        for edit in read_edits(self._path):
            self._apply(edit)

    def _apply(self, edit: Edit) -> None:
        module = importlib.import_module(edit.module)
        function = _function(module, edit.function)
        self._originals.setdefault((edit.module, edit.function), function.__code__)
        source = edited_source(module, edit)
        code = compile(source, str(module.__file__), "exec", dont_inherit=True)
        function.__code__ = next(found for found in _codes(code) if found.co_qualname == edit.function)
        # Without a time stamp the cache is never checked against the file: tracebacks show the running code.
        lines = source.splitlines(keepends=True)
        linecache.cache[str(module.__file__)] = (len(source), None, lines, str(module.__file__))

    def _restore(self) -> None:
        for (module_name, name), code in self._originals.items():
            module = importlib.import_module(module_name)
            _function(module, name).__code__ = code
            linecache.cache.pop(str(module.__file__), None)
        self._originals.clear()


def edited_source(module: ModuleType, edit: Edit) -> str:
    """Return a module's source with one edit made.

    Raises:
        ValueError: the edit does not fit the source.
    """
    source = inspect.getsource(module)
    if source.count(edit.old) != 1:
        raise ValueError(f"{edit.old!r} stands {source.count(edit.old)} times in {edit.module}")
    return source.replace(edit.old, edit.new)


def read_edits(path: Path) -> list[Edit]:
    """Read a patch file; a missing one has no edits."""
    return TypeAdapter(list[Edit]).validate_json(path.read_bytes()) if path.exists() else []


def write_edits(path: Path, edits: list[Edit]) -> None:
    """Write a patch file in one step, so that a reader never sees half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([edit.model_dump() for edit in edits]), encoding="utf-8")
    fresh.replace(path)


def _function(module: ModuleType, qualified: str) -> FunctionType:
    found: Any = module
    for name in qualified.split("."):
        found = getattr(found, name)
    if not isinstance(found, FunctionType):
        raise TypeError(f"{qualified} is not a function of {module.__name__}")
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
