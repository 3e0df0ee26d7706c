"""Small labelled logs for tests: builds that fail in a few ways, with the marked lines known."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evals.ci.dataset import LabelledLog

FAILURES = {
    "C": ["cart.c:12:5: error: 'prize' undeclared", "   12 |  prize", "      |  ^~~~~"],
    "Python": ["E       assert 3 == 4", "tests/test_cart.py:7: AssertionError"],
    "Java": [
        "java.lang.IllegalStateException: no price",
        "\tat Cart.total(Cart.java:12)",
        "\tat Main.main(Main.java:3)",
    ],
}


def labelled(number: int) -> LabelledLog:
    """Return the log number `number`: routine, a failure, an exit status."""
    made = random.Random(number)
    language = sorted(FAILURES)[number % len(FAILURES)]
    before = [f"Compiling module_{made.randrange(500)}" for _ in range(made.randrange(20, 60))]
    lines = [*before, "", *FAILURES[language], "", 'The command "make check" exited with 1.', "Done."]
    first = len(before) + 2
    repo = f"owner/repo{number % 14}"
    return LabelledLog(f"log{number}", repo, language, "\n".join(lines), first, first + len(FAILURES[language]) - 1)


def write(path: Path, logs: list[LabelledLog]) -> Path:
    """Write logs as the Parquet file that `whydown eval ci` reads."""
    rows = {
        "id": [log.id for log in logs],
        "repo": [log.repo for log in logs],
        "language": [log.language for log in logs],
        "log": [log.log for log in logs],
        "chunk": ["\n".join(log.log.split("\n")[log.first - 1 : log.last]) for log in logs],
        "line_start": [log.first for log in logs],
        "line_end": [log.last for log in logs],
    }
    pq.write_table(pa.table(rows), path)
    return path
