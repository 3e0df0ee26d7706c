"""Faults of what the services depend on: stores, the queue, the bank."""

from __future__ import annotations

from evals.testbed.faults.fault import Fault, Knob
from evals.testbed.faults.steps import Code, Configure, Job, Order, Redis, Sql
from evals.testbed.shop.services import notification
from evals.testbed.system import jobs
from evals.testbed.system.plan import PLAN_FILE, POSTGRES, REDIS
from tools.faults import FaultKind

REVIEWS = 240_000
"""As many as the shop starts with, see schema.sql."""
FORGET_SESSIONS = "for _, key in ipairs(redis.call('KEYS', 'session:*')) do redis.call('DEL', key) end"
STORES = (
    Fault(
        name="stock-locked",
        cause="a database session holds a lock on the stock table",
        kind=FaultKind.DEPENDENCY_SLOW,
        component=POSTGRES,
        accept=("inventory",),
        operation="UPDATE",
        chain=(POSTGRES, "inventory", "checkout", "gateway"),
        knob=Knob(2.0, "seconds the lock is held each time"),
        steps=(
            Job(
                jobs.hold_table,
                lambda testbed, severity: {
                    "plan": str(testbed.plan.folder / PLAN_FILE),
                    "table": "stock",
                    "seconds": severity,
                },
            ),
        ),
    ),
    Fault(
        name="reviews-index",
        cause="the index on the reviews was dropped while their number grew",
        kind=FaultKind.DEPENDENCY_SLOW,
        component=POSTGRES,
        accept=("catalog",),
        operation="SELECT",
        chain=(POSTGRES, "catalog", "gateway"),
        knob=Knob(6, "how many times as many reviews are added"),
        steps=(
            Sql(
                harm=lambda severity: (
                    "DROP INDEX IF EXISTS reviews_sku;"
                    "INSERT INTO reviews (sku, stars, body)"
                    f" SELECT sku, stars, body FROM reviews, generate_series(1, {int(severity)});"
                ),
                repair=f"DELETE FROM reviews WHERE id > {REVIEWS};"
                "CREATE INDEX IF NOT EXISTS reviews_sku ON reviews (sku); VACUUM ANALYZE reviews;",
            ),
        ),
    ),
    Fault(
        name="redis-down",
        cause="Redis is down",
        kind=FaultKind.DEPENDENCY_DOWN,
        component=REDIS,
        operation="HGETALL",
        chain=(REDIS, "cart", "gateway"),
        knob=Knob(1, "no degrees: it is down"),
        steps=(Order(lambda _: {"do": "stop_store", "name": REDIS}, repair={"do": "start_store", "name": REDIS}),),
    ),
    Fault(
        name="redis-hung",
        cause="Redis accepts connections but does not answer",
        kind=FaultKind.DEPENDENCY_DOWN,
        component=REDIS,
        operation="HGETALL",
        chain=(REDIS, "cart", "gateway"),
        knob=Knob(1, "no degrees: it stands still"),
        steps=(
            Order(
                lambda _: {"do": "signal", "name": REDIS, "signal": "SIGSTOP"},
                repair={"do": "signal", "name": REDIS, "signal": "SIGCONT"},
            ),
        ),
    ),
    Fault(
        name="redis-evicting",
        cause="Redis has reached its memory limit and evicts carts and cached products",
        kind=FaultKind.DEPENDENCY_SLOW,
        component=REDIS,
        operation="HGETALL",
        chain=(REDIS, "cart", "checkout", "gateway"),
        knob=Knob(60, "keys of 16 kilobytes that a neighbour writes each second"),
        complaint="Customers report that their carts are empty when they want to buy",
        steps=(
            Redis(
                harm=lambda _: (
                    ("CONFIG", "SET", "maxmemory-policy", "allkeys-random"),
                    ("CONFIG", "SET", "maxmemory", "3mb"),
                ),
                repair=(
                    ("CONFIG", "SET", "maxmemory", "48mb"),
                    ("CONFIG", "SET", "maxmemory-policy", "noeviction"),
                    ("EVAL", FORGET_SESSIONS, "0"),
                ),
            ),
            Job(
                jobs.flood_redis,
                lambda testbed, severity: {
                    "port": testbed.plan.redis_port,
                    "per_second": severity,
                    "kilobytes": 16.0,
                },
            ),
        ),
    ),
)
OTHERS = (
    Fault(
        name="bank-slow",
        cause="the bank answers slowly",
        kind=FaultKind.DEPENDENCY_SLOW,
        component="bank",
        accept=("payment",),
        operation="POST",
        chain=("bank", "payment", "checkout", "gateway"),
        knob=Knob(0.7, "seconds until the bank answers"),
        steps=(Configure("bank", lambda severity: {"answer_seconds": severity}, summary="", noted=False),),
    ),
    Fault(
        name="notification-stalled",
        cause="the consumer of confirmations is too slow, and they pile up in the queue",
        kind=FaultKind.QUEUE_BACKLOG,
        component="notification",
        operation="process confirmations",
        chain=("notification",),
        knob=Knob(4, "seconds added to each confirmation"),
        complaint="Customers report that confirmations of their orders arrive late",
        steps=(
            Code(
                notification.deliver,
                old="    folder = shop.instance.data_folder()\n",
                new="    await asyncio.sleep({severity})\n    folder = shop.instance.data_folder()\n",
            ),
        ),
    ),
)
FAULTS = (*STORES, *OTHERS)
