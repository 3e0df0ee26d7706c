"""Jobs that run beside the shop: sessions and scripts such as every system has. Each runs until it is ended."""

from __future__ import annotations

import os
import random
import time
import urllib.error
import urllib.request
from pathlib import Path

import redis

from evals.testbed.system.plan import Plan
from evals.testbed.system.stores import psql_command

ROUNDS = 1_000
PAUSE_SECONDS = 0.4
"""Between two rounds of a session, as a person or a script pauses."""


def hold_table(plan: str, table: str, seconds: float) -> None:
    """Lock a table against writers again and again, as a maintenance script does that forgets to commit."""
    hold = f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE; SELECT pg_sleep({seconds}); COMMIT;"
    _session(plan, hold)


def report(plan: str, rows: float) -> None:
    """Compute the figures of the day, one read-only query after the other."""
    _session(plan, f"SELECT count(*), avg(stars), max(length(body)) FROM (SELECT * FROM reviews LIMIT {rows:.0f}) r;")


def _session(plan: str, statement: str) -> None:
    """Become a database session that repeats a statement."""
    pause = f"SELECT pg_sleep({PAUSE_SECONDS});"
    program = psql_command(_read(plan))
    os.execv(program[0], [*program, *(["-c", statement, "-c", pause] * ROUNDS)])


def flood_redis(port: int, per_second: float, kilobytes: float) -> None:
    """Write big values under ever new keys, as a neighbour does that never deletes its sessions."""
    client = redis.Redis(host="127.0.0.1", port=port)
    rng = random.Random(port)
    number = 0
    while True:
        client.set(f"session:{number}", rng.randbytes(round(kilobytes * 1_024)))
        number += 1
        time.sleep(1 / per_second)


def visit_products(port: int, products: int, per_second: float) -> None:
    """Ask the catalogue for every product once, to warm its cache up."""
    for number in range(1, products + 1):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/products/SKU-{number:04}", timeout=5).close()
        except urllib.error.URLError:
            continue
        time.sleep(1 / per_second)


def _read(plan: str) -> Plan:
    return Plan.model_validate_json(Path(plan).read_bytes())
