"""What the embedded sources of traces, logs and metrics have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from pathlib import Path
from typing import ClassVar

from tools.errors import InputError
from tools.evidence import Subject
from tools.store.command import show_command
from tools.store.engine import Engine
from tools.store.relation import Relation
from tools.store.scoped import UNKNOWN_SERVICE
from tools.window import Scope, TimeWindow


class EmbeddedSource(ABC):
    """Rows of one signal, aggregated by DuckDB. `methods` are those whose SQL can be shown.

    Args:
        engine: the shared database.
        folder: the incident folder, named in queries.
        relation: the rows.
    """

    methods: ClassVar[Collection[str]]

    def __init__(self, engine: Engine, folder: Path, relation: Relation) -> None:
        self.name = f"{relation.signal}.parquet"
        self._engine = engine
        self._folder = folder
        self._relation = relation
        self._notes: dict[str, None] = dict.fromkeys(relation.notes)

    def extent(self) -> TimeWindow | None:
        """Return the time range of all rows, None when there are none."""
        return self._relation.extent

    def services(self) -> list[str]:
        """Return all services, sorted."""
        rows = self._engine.rows(f"SELECT DISTINCT service FROM ({self._relation.select})")
        return sorted({name or UNKNOWN_SERVICE for (name,) in rows})

    def degradations(self) -> list[str]:
        """Return one sentence for everything that was left out, sampled or assumed."""
        return list(self._notes)

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that prints the numbers; with `--sql` it prints the SQL."""
        return show_command(self._folder, self._relation.signal, method, scope, subject)

    def sql(self, method: str, scope: Scope) -> str:
        """Return a script for a DuckDB shell that reproduces a method's numbers from the files.

        Raises:
            InputError: the method has no SQL to show.
        """
        if method not in self.methods:
            raise InputError(f"no SQL is kept for the table {method}", "known: " + ", ".join(self.methods))
        return ";\n".join(self._script(method, scope)) + ";"

    @abstractmethod
    def _script(self, method: str, scope: Scope) -> list[str]:
        """Return the statements behind one of `methods`."""

    def _note(self, sentence: str) -> None:
        self._notes[sentence] = None
