"""Ground truth: where it is found, and how fault types become families."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.rca.truth import kind_of, read_truth, read_truths
from tools.errors import FormatError
from tools.faults import FaultKind


@pytest.mark.parametrize(
    ("fault_type", "family"),
    [
        ("cpu_contention", "resource"),
        ("cpu_consumed", "resource"),
        ("network_delay", "network"),
        ("exception", "code"),
        ("return", "code"),
        ("traffic_surge", "load"),
    ],
)
def test_fault_types_have_a_family(fault_type: str, family: str) -> None:
    kind = kind_of(fault_type)
    assert kind is not None
    assert kind.family == family


@pytest.mark.parametrize("fault_type", ["gremlins", "", "unknown"])
def test_family_of_a_strange_fault_type_is_not_guessed(fault_type: str) -> None:
    assert kind_of(fault_type) is None


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.UNKNOWN])
def test_our_own_fault_kinds_are_themselves(kind: FaultKind) -> None:
    assert kind_of(kind.value) is kind


def test_answers_are_read_by_case(data: Path) -> None:
    truths = read_truths(data, "tiny")
    assert {name: (t.component, t.family) for name, t in truths.items()} == {
        "bank-slow": ("bank", "code"),
        "cart-far": ("cart", "network"),
        "quiet": ("pay", ""),
    }
    assert read_truths(data, "absent") == {}


def test_node_is_an_answer_too(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"root_cause": {"node": "n 1", "metric": None}}))
    assert read_truth(path).component == "n 1"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"root_cause_service": 3}', '{"root_cause": {}}'])
def test_file_without_an_answer_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(FormatError, match="not a ground truth"):
        read_truth(path)


def test_several_answers_may_be_right(tmp_path: Path) -> None:
    other = {"root_cause_service": "cart", "fault_type": "network_delay", "verdict": "root_cause"}
    main = {"root_cause_service": "bank", "fault_type": "exception", "accept": ["bank db"], "also": [other]}
    path = tmp_path / "x.json"
    path.write_text(json.dumps(main))
    truth = read_truth(path)
    assert [truth.rank(said) for said in (["pay", "bank db"], ["cart"], ["pay"])] == [2, 1, None]
    assert [truth.about(name).family for name in ("bank db", "cart", "pay")] == ["code", "network", "code"]


def test_nothing_wrong_is_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"verdict": "healthy", "root_cause_service": "bank", "fault_type": None}))
    assert read_truth(path).component == ""
