"""The queue of runs to look at: bounded, and kept in a file, so that it survives a restart."""

from __future__ import annotations

import sqlite3
import threading
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from tools.clock import now
from tools.errors import RunError

LIMIT = 500
"""Runs that wait at most; GitHub is told to come again later."""
TRIES = 3
REMEMBERED_DAYS = 7
"""How long a delivery is remembered; GitHub offers to redeliver for three days."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY, received REAL NOT NULL, repository TEXT NOT NULL, run INTEGER NOT NULL,
    attempt INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '')
"""


class Accepted(StrEnum):
    """What became of a delivery."""

    QUEUED = "queued"
    REPEATED = "repeated"
    """The delivery, or the same run and attempt, is known already and has not failed."""
    FULL = "full"


class Task(NamedTuple):
    """A run that waits to be looked at."""

    id: str
    repository: str
    run: int


class Queue:
    """Deliveries in one SQLite file. Safe for several threads of one process.

    A task that was begun when the process died is begun again.

    Raises:
        RunError: the file cannot be opened or is no queue.
    """

    def __init__(self, path: Path, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(_SCHEMA)
            self._db.execute("UPDATE deliveries SET state = 'waiting' WHERE state = 'begun'")
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"cannot open the queue {path}", str(error)) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def put(self, delivery: str, repository: str, run: int, attempt: int) -> Accepted:
        """Add a run, unless it is known or too many wait."""
        with self._lock:
            known = self._db.execute(
                "SELECT id, state FROM deliveries WHERE id = ? OR (repository = ? AND run = ? AND attempt = ?)",
                (delivery, repository, run, attempt),
            ).fetchone()
            if known and known[1] != "failed":
                return Accepted.REPEATED
            if self._waiting() >= self._limit:
                return Accepted.FULL
            if known:
                self._db.execute("UPDATE deliveries SET state = 'waiting', tries = 0 WHERE id = ?", (known[0],))
                return Accepted.QUEUED
            moment = now().timestamp()
            self._db.execute("DELETE FROM deliveries WHERE received < ?", (moment - REMEMBERED_DAYS * 86_400,))
            self._db.execute(
                "INSERT INTO deliveries (id, received, repository, run, attempt, state)"
                " VALUES (?, ?, ?, ?, ?, 'waiting')",
                (delivery, moment, repository, run, attempt),
            )
        return Accepted.QUEUED

    def take(self) -> Task | None:
        """Return the oldest waiting run and mark it as begun; None when none waits."""
        with self._lock:
            row = self._db.execute(
                "UPDATE deliveries SET state = 'begun', tries = tries + 1 WHERE id ="
                " (SELECT id FROM deliveries WHERE state = 'waiting' ORDER BY tries, received, rowid LIMIT 1)"
                " RETURNING id, repository, run"
            ).fetchall()
        return Task(*row[0]) if row else None

    def done(self, task: Task) -> None:
        """Mark a run as looked at."""
        with self._lock:
            self._db.execute("UPDATE deliveries SET state = 'done' WHERE id = ?", (task.id,))

    def failed(self, task: Task, problem: str, *, again: bool) -> None:
        """Mark a run as failed; it waits again where that can help, at most TRIES times in all."""
        with self._lock:
            self._db.execute(
                "UPDATE deliveries SET problem = ?, state = CASE WHEN ? AND tries < ? THEN 'waiting' ELSE 'failed' END"
                " WHERE id = ?",
                (problem[:500], again, TRIES, task.id),
            )

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state."""
        with self._lock:
            rows = self._db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall()
        return {str(state): int(number) for state, number in rows}

    def _waiting(self) -> int:
        found = self._db.execute("SELECT count(*) FROM deliveries WHERE state IN ('waiting', 'begun')").fetchone()
        return int(found[0])
