import json
import math
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import evals
from tests.agent.cli.command_line import Whydown
from tests.builders import Folder, Span, shop

RECORDINGS = sorted(path.parent for path in Path(evals.__file__).parent.glob("recordings/*/incident.json"))
SCALES = {"ms": 1e6}
"""From an evidence's unit to the table's: durations are stored in nanoseconds."""


def numbers(rows: list[dict[str, Any]]) -> list[float]:
    return [float(value) for row in rows for value in row.values() if isinstance(value, int | float)]


def check_evidence(whydown: Whydown, folder: Path) -> None:
    """Run the command of every finding and look for the numbers that the finding states."""
    evidence = json.loads(whydown("investigate", str(folder), "--json").out)["evidence"]
    assert evidence
    for item in evidence:
        program, *arguments = shlex.split(item["query"])
        assert program == "whydown"
        rows = json.loads(whydown(*arguments, "--json").out)["rows"]
        for stated in (item["baseline"], item["incident"]):
            if stated is not None:
                expected = stated * SCALES.get(item["unit"], 1.0)
                assert any(math.isclose(expected, found, rel_tol=1e-9) for found in numbers(rows)), item


def test_every_command_that_evidence_cites_prints_its_numbers(folder: Path, whydown: Whydown) -> None:
    check_evidence(whydown, folder)


@pytest.mark.parametrize("fault", ["failing", "wire", "vanished", "surge", "segment"])
def test_so_it_does_whatever_the_fault(
    fault: str, tmp_path: Path, whydown: Whydown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    incident = {
        "failing": shop(60, 60, failing="bank"),
        "wire": shop(60, 60, wire={"bank": 30.0}),
        "vanished": [span for span in shop(60, 60) if span.service != "bank" and "bank" not in span.operation],
        "surge": [span for start in (60, 60.25, 60.5, 60.75) for span in shop(start, 60)],
        "segment": [replace(s, attributes={"tenant": t}) for t in "ab" for s in of_tenant(t)],
    }[fault]
    before = [replace(span, attributes={"tenant": "ab"[round(span.at) % 2]}) for span in shop(0, 60)]
    Folder(tmp_path / "shop").spans(*before).spans(*incident).incident()
    check_evidence(whydown, Path("shop"))


def of_tenant(tenant: str) -> list[Span]:
    """Return requests of one of two tenants; those of `b` are slow."""
    return shop(60 if tenant == "a" else 60.5, 60, slow={"pay": 80.0} if tenant == "b" else {})


@pytest.mark.parametrize("recording", RECORDINGS, ids=[path.name for path in RECORDINGS])
def test_so_it_does_for_real_recordings(
    recording: Path, whydown: Whydown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHYDOWN_RUNS", str(tmp_path / "runs"))
    check_evidence(whydown, recording)


def test_a_table_is_readable_in_80_columns(folder: Path, whydown: Whydown) -> None:
    for arguments in (["traces"], ["traces", "--table", "edges"], ["logs"], ["metrics"], ["changes"], ["topology"], []):
        ended = whydown("show", str(folder), *arguments, *(["--compare"] if arguments else []))
        assert ended.code == 0
        assert max(map(len, ended.out.splitlines())) <= 80
        assert "\x1b" not in ended.out


def test_sql_is_printed(folder: Path, whydown: Whydown) -> None:
    out = whydown("show", str(folder), "traces", "--sql").out
    assert out.startswith("-- role: 1 is the incident window")
    assert "\nCREATE OR REPLACE TABLE raw" in out
    assert out.rstrip().endswith(";")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["shop", "smells"], "no signal 'smells': known: traces, logs, metrics, topology, changes"),
        (["shop", "traces", "--table", "x"], "traces has no table 'x': known: operations, edges"),
        (["shop", "traces", "--peers", "x"], "No such option: --peers"),
        (["shop", "traces", "--limit", "-1"], "Invalid value for '--limit'"),
        (["shop", "traces", "--incident", "2001-01-01..2001-01-02"], "the incident window 2001"),
        (["shop", "changes", "--sql"], "no SQL makes the table changes"),
        (["nowhere"], "no incident folder at nowhere"),
    ],
)
def test_a_wrong_request_is_one_line(folder: Path, whydown: Whydown, arguments: list[str], problem: str) -> None:
    ended = whydown("show", *arguments)
    assert ended.code == 2
    assert ended.err.startswith(f"whydown: {problem}")
    assert ended.err.count("\n") == 1
