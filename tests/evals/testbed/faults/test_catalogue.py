"""Every fault fits the shop it is made for, and has an answer worth the name."""

from __future__ import annotations

import importlib

import pytest

from evals.testbed.faults.catalogue import FAULTS, find_fault
from evals.testbed.faults.fault import Fault
from evals.testbed.faults.steps import Code
from evals.testbed.shop.runtime.hotfix import edited_source
from evals.testbed.system.plan import POSTGRES, REDIS, SERVICES
from tools.errors import InputError

COMPONENTS = {spec.name for spec in SERVICES} | {POSTGRES, REDIS}
CALLS = {(spec.name, callee) for spec in SERVICES for callee in spec.calls}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_has_a_whole_answer(fault: Fault) -> None:
    assert fault.cause
    assert fault.knob.meaning
    if fault.kind is None:
        assert fault.component == ""
        return
    assert {fault.component, *fault.accept, *fault.chain} <= COMPONENTS
    assert fault.chain[0] == fault.component


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_chain_follows_calls_from_the_cause_to_its_callers(fault: Fault) -> None:
    for cause, affected in zip(fault.chain, fault.chain[1:], strict=False):
        assert (affected, cause) in CALLS, f"{affected} does not call {cause}"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_edits_fit_the_source_and_compile(fault: Fault) -> None:
    for step in fault.steps:
        if isinstance(step, Code):
            edit = step.edit(fault.knob.default)
            module = importlib.import_module(edit.module)
            compile(edited_source(module, edit), edit.module, "exec")


def test_an_unknown_fault_is_refused_with_a_remedy() -> None:
    with pytest.raises(InputError, match="testbed faults"):
        find_fault("meteor")
