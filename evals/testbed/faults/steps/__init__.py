"""The interferences faults are made of."""

from evals.testbed.faults.steps.code import Code, Deploy
from evals.testbed.faults.steps.network import Crowd, Network
from evals.testbed.faults.steps.processes import Clock, DiskFull, Job, Limit, Order, Restart
from evals.testbed.faults.steps.settings import Configure
from evals.testbed.faults.steps.stores import Redis, Sql

__all__ = [
    "Clock",
    "Code",
    "Configure",
    "Crowd",
    "Deploy",
    "DiskFull",
    "Job",
    "Limit",
    "Network",
    "Order",
    "Redis",
    "Restart",
    "Sql",
]
