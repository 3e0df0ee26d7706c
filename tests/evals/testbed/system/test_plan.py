"""The layout of the demo system."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from evals.testbed.system.plan import POSTGRES, REDIS, SERVICES, Plan, make_plan


def _plan() -> Plan:
    return make_plan(Path("/tmp/none"), "http://127.0.0.1:4318", random.Random(1))


def test_no_port_is_given_twice() -> None:
    plan = _plan()
    ports = [instance.port for instance in plan.instances] + [link.port for link in plan.links]
    counted = Counter([*ports, plan.postgres_port, plan.redis_port])
    assert max(counted.values()) == 1


def test_every_call_goes_through_a_link_of_its_own() -> None:
    plan = _plan()
    for spec in SERVICES:
        for instance in plan.instances_of(spec.name):
            called = set(instance.peers) | {name for name in (POSTGRES, REDIS) if name in spec.calls}
            assert called == set(spec.calls)
            assert bool(instance.postgres_port) == (POSTGRES in spec.calls)
            assert bool(instance.redis_port) == (REDIS in spec.calls)


def test_links_lead_to_every_instance_of_the_callee() -> None:
    plan = _plan()
    targets = {link.target for link in plan.links if (link.caller, link.callee) == ("checkout", "payment")}
    assert targets == {instance.port for instance in plan.instances_of("payment")}
    assert len(targets) == 2


def test_what_is_foreign_exports_nothing() -> None:
    plan = _plan()
    (bank,) = plan.instances_of("bank")
    assert bank.otlp_endpoint == ""
    assert plan.instances_of("cart")[0].otlp_endpoint == "http://127.0.0.1:4318"


def test_every_service_with_a_database_has_a_password_of_its_own() -> None:
    plan = _plan()
    assert set(plan.passwords) == {spec.name for spec in SERVICES if POSTGRES in spec.calls}
    assert len(set(plan.passwords.values())) == len(plan.passwords)


def test_a_plan_survives_being_written() -> None:
    plan = _plan()
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
