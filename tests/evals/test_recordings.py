"""The bundled recordings: the right component and kind of fault come first, and healthy is healthy.

A floor under accuracy: whoever changes an analyser or the ranking sees here whether it still answers.
"""

import json
from pathlib import Path

import pytest

import evals
from agent.investigation import investigate
from agent.schema import Incident, Verdict
from tools.config import Settings

RECORDINGS = Path(evals.__file__).parent / "recordings"
NAMES = sorted(path.parent.name for path in RECORDINGS.glob("*/incident.json"))


def test_four_faults_and_a_healthy_system_are_bundled() -> None:
    kinds = [json.loads((RECORDINGS / "answers" / f"{name}.json").read_text())["fault_type"] for name in NAMES]
    assert len({kind for kind in kinds if kind}) == 4
    assert None in kinds
    assert sum(file.stat().st_size for file in RECORDINGS.rglob("*") if file.is_file()) < 10_000_000


@pytest.mark.parametrize("name", NAMES)
def test_the_cause_comes_first(name: str, tmp_path: Path) -> None:
    answer = json.loads((RECORDINGS / "answers" / f"{name}.json").read_text())
    report = investigate(Incident(folder=RECORDINGS / name), Settings(runs=tmp_path))
    assert report.verdict is Verdict(answer["verdict"])
    if report.verdict is Verdict.ROOT_CAUSE:
        first = report.hypotheses[0]
        assert first.component == answer["root_cause_service"]
        assert first.fault_kind.value == answer["fault_type"]
