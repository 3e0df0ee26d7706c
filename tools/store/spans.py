"""Spans in the embedded store: the tables that every trace question is answered from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tools.sources.odd_traces import clock_note, flat_note
from tools.store.engine import Engine
from tools.store.relation import Relation
from tools.store.scoped import SERVICE, per_window, windows_of, within
from tools.store.sql_files import statements
from tools.window import Scope, TimeWindow

ORPHANS_WORTH_SAYING = 0.01
"""Below one span in a hundred, missing parents are the edges of the window."""


class SpanTables:
    """Prepares the tables `span`, `child`, `trace`, `operation` and `party` for one scope at a time.

    Args:
        engine: the database they are made in.
        relation: all spans.
        sample_above: keep about this many baseline spans at most, by whole traces.
    """

    def __init__(self, engine: Engine, relation: Relation, sample_above: int) -> None:
        self._engine = engine
        self._relation = relation
        self._sample_above = sample_above
        self._scope: Scope | None = None
        self.keep_one_in = 1
        """One baseline trace in this many is in the tables."""
        self.notes: list[str] = []
        """What was left out, sampled or assumed in the present scope."""

    @contextmanager
    def prepared(self, scope: Scope) -> Iterator[bool]:
        """Make the tables for a scope, and keep other threads from replacing them.

        Yields:
            Whether they were made anew.

        Raises:
            SourceError: the spans cannot be read.
        """
        with self._engine.lock:
            anew = self._scope != scope
            if anew:
                self._scope = None
                self._make(scope)
                self._scope = scope
            yield anew

    def script(self, scope: Scope) -> list[str]:
        """Return the statements that make the tables, for a DuckDB shell; they need nothing but the files."""
        return [*self._raw(scope, self._sampling(scope)), *statements("clean"), *statements("spans")]

    def _make(self, scope: Scope) -> None:
        self.keep_one_in = self._sampling(scope)
        self.notes = []
        if self.keep_one_in > 1:
            self.notes.append(
                f"1 in {self.keep_one_in} baseline traces is read, chosen by trace id; the incident's are read in full"
            )
        self._run(self._raw(scope, self.keep_one_in))
        self._clean()
        self._run(statements("spans"))
        self._note_odd_traces()
        self._run(["DROP TABLE raw", "DROP TABLE covered"])

    def _run(self, script: list[str]) -> None:
        for statement in script:
            self._engine.rows(statement)

    def _raw(self, scope: Scope, keep_one_in: int) -> list[str]:
        sample = f"hash(trace_id) % {keep_one_in} = 0" if keep_one_in > 1 else "TRUE"
        rows = per_window(self._relation.select, scope, "traces", sample)
        return statements("raw", rows=rows, service=SERVICE)

    def _sampling(self, scope: Scope) -> int:
        """Return k where one baseline trace in k is to be kept, so that cost is bounded."""
        count = sum(self._count(window) for role, window in windows_of(scope) if role == 0)
        return max(1, -(-count // self._sample_above))

    def _count(self, window: TimeWindow) -> int:
        select = self._relation.select
        ((count,),) = self._engine.rows(f"SELECT count(*) FROM ({select}) WHERE {within('traces', window)}")
        return int(count)

    def _clean(self) -> None:
        """Leave out unusable spans and copies: a collector that retries sends a span twice."""
        ((unusable, copies),) = self._engine.rows(
            "SELECT count(*) FILTER (WHERE NOT usable), "
            "count(*) FILTER (WHERE usable) - count(DISTINCT CASE WHEN usable THEN s END) FROM raw"
        )
        if unusable:
            self.notes.append(f"{unusable:,} spans have no id or no valid duration and are left out")
        if copies:
            self.notes.append(f"{copies:,} spans were sent more than once and count once")
        if unusable or copies:
            self._run(statements("clean"))

    def _note_odd_traces(self) -> None:
        ((spans, orphans, skewed, circular, linked, several),) = self._engine.rows(_ODD_TRACES)
        if orphans > spans * ORPHANS_WORTH_SAYING:
            self.notes.append(
                f"{orphans:,} of {spans:,} spans name a parent that is missing and count as its substitute"
            )
        if skewed:
            self.notes.append(clock_note(skewed))
        if several and not linked:
            self.notes.append(flat_note(spans))
        if circular:
            self.notes.append(f"{circular:,} traces run in a circle and count from their earliest span")


_ODD_TRACES = """
SELECT (SELECT count(*) FROM raw), (SELECT count(p) FROM raw) - (SELECT count(*) FROM child),
       (SELECT count(*) FROM child WHERE skewed),
       (SELECT count(*) FROM (SELECT t, count(*) AS n FROM raw GROUP BY t)
                        JOIN (SELECT t, count(*) AS below FROM child GROUP BY t) USING (t) WHERE n = below),
       (SELECT count(p) FROM raw), (SELECT count(*) > count(DISTINCT t) FROM raw)"""
