"""An incident folder beside live backends: what `whydown collect` has written until now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from tools.config import StoreSettings
from tools.errors import ConfigError, FolderError, FormatError
from tools.incident import open_folder
from tools.live.opening import Opening, Options
from tools.sources.fetched import Fetched
from tools.store.engine import Engine
from tools.store.logs import EmbeddedLogs
from tools.store.relation import Relation, open_relation
from tools.store.traces import EmbeddedTraces


class FolderOptions(Options):
    """Settings of a folder."""

    folder: Path = Field(description="the incident folder")


class _Local:
    """Costs nothing to read, and nothing is under way in it."""

    def fetched(self) -> Fetched:
        """Return nothing: no server was asked."""
        return Fetched()

    def close(self) -> None:
        """Do nothing: the database goes with its last user."""


class FolderTraces(_Local, EmbeddedTraces):
    """Spans of a folder."""


class FolderLogs(_Local, EmbeddedLogs):
    """Log lines of a folder."""


def open_traces(opening: Opening) -> FolderTraces:
    """Open the spans of a folder.

    Raises:
        ConfigError: the folder is missing or holds none.
    """
    folder, settings = opening.options(FolderOptions).folder, StoreSettings()
    engine = Engine(settings.memory_limit, settings.threads)
    (traces,) = _relations(engine, folder, ["traces"])
    return FolderTraces(engine, folder, traces, settings.baseline_spans)


def open_logs(opening: Opening) -> FolderLogs:
    """Open the log lines of a folder, with its spans where it has some: they tell in which operation a line is.

    Raises:
        ConfigError: the folder is missing or holds none.
    """
    folder, settings = opening.options(FolderOptions).folder, StoreSettings()
    engine = Engine(settings.memory_limit, settings.threads)
    logs, *traces = _relations(engine, folder, ["logs"], ["traces"])
    return FolderLogs(engine, folder, logs, settings.baseline_lines, traces[0] if traces else None)


def _relations(engine: Engine, path: Path, wanted: Sequence[str], also: Sequence[str] = ()) -> list[Relation]:
    try:
        found = open_folder(path)
        if missing := [name for name in wanted if name not in found.signals]:
            raise ConfigError(f"the source folder {path} holds no {missing[0]}", "name another, or leave it out")
        names = [*wanted, *(name for name in also if name in found.signals)]
        return [open_relation(engine, name, found.signals[name], found.baseline.get(name, [])) for name in names]
    except (FolderError, FormatError) as error:
        raise ConfigError(f"the source folder {path} cannot be used", str(error)) from error
