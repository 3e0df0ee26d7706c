"""Spans in the embedded store: the tables that every trace question is answered from."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from tools.store.engine import Engine, per_window, windows_of
from tools.window import Scope, TimeWindow


class SpanTables:
    """Prepares the tables `span`, `child`, `trace` and `operation` for one scope at a time.

    Args:
        engine: the database they are made in.
        paths: trace files of the incident.
        baseline: trace files of the baseline folder.
        sample_above: keep about this many baseline spans at most, by whole traces.
    """

    def __init__(self, engine: Engine, paths: Sequence[Path], baseline: Sequence[Path], sample_above: int) -> None:
        self.engine = engine
        self.select = engine.union("traces", paths, baseline)
        self._sample_above = sample_above
        self._scope: Scope | None = None
        self.notes: list[str] = []

    def prepare(self, scope: Scope) -> None:
        """Make the tables for a scope, unless they are there already."""
        with self.engine.lock:
            if self._scope == scope:
                return
            rows = per_window(self.select, scope, "traces", self._sampling(scope))
            for statement in span_statements(rows):
                self.engine.rows(statement)
                if statement.startswith("CREATE OR REPLACE TABLE raw"):
                    self._drop_copies()
            self._note_unusable(scope)
            self._scope = scope

    def _sampling(self, scope: Scope) -> str:
        """Return the condition that keeps one baseline trace in k, so that cost is bounded."""
        count = sum(self.count(window) for role, window in windows_of(scope) if role == 0)
        keep_one_in = -(-count // self._sample_above)
        if keep_one_in <= 1:
            return "TRUE"
        self.notes.append(f"baseline traces: 1 in {keep_one_in} of {count:,} spans read, chosen by trace id")
        return f"hash(trace_id) % {keep_one_in} = 0"

    def count(self, window: TimeWindow) -> int:
        """Return the number of stored spans that start in a window."""
        where = f"start_unix_nano >= {window.start_ns} AND start_unix_nano < {window.end_ns}"
        ((count,),) = self.engine.rows(f"SELECT count(*) FROM ({self.select}) WHERE {where}")
        return int(count)

    def _drop_copies(self) -> None:
        """Keep one of each span: a collector that retries sends a span twice."""
        ((copies,),) = self.engine.rows("SELECT count(*) - count(DISTINCT s) FROM raw")
        if copies:
            self.engine.rows("CREATE OR REPLACE TABLE raw AS SELECT DISTINCT ON (s) * FROM raw")
            self.notes.append(f"{copies:,} spans were sent more than once and count once")

    def _note_unusable(self, scope: Scope) -> None:
        rows = per_window(self.select, scope, "traces")
        bad = "duration_ns IS NULL OR duration_ns < 0 OR trace_id IS NULL OR span_id IS NULL"
        ((unusable,),) = self.engine.rows(f"SELECT count(*) FROM ({rows}) WHERE {bad}")
        if unusable:
            self.notes.append(f"{unusable:,} spans have no id or no valid duration and are left out")


def span_statements(rows: str) -> list[str]:
    """Return the statements of sql/spans.sql with the scoped rows filled in."""
    text = (files("tools.store") / "sql" / "spans.sql").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [part.strip().replace("{rows}", rows) for part in "\n".join(lines).split(";") if part.strip()]
