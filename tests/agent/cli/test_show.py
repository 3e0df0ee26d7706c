import json
import math
import shlex
from pathlib import Path
from typing import Any

import pytest

import evals
from tests.agent.cli.command_line import Whydown

RECORDINGS = sorted(path.parent for path in Path(evals.__file__).parent.glob("recordings/*/incident.json"))
SCALES = {"ms": 1e6}
"""From an evidence's unit to the table's: durations are stored in nanoseconds."""


def numbers(rows: list[dict[str, Any]], window: str) -> list[float]:
    return [float(v) for row in rows for key, v in row.items() if key.endswith(window) and isinstance(v, int | float)]


def check_evidence(whydown: Whydown, folder: Path) -> None:
    """Run the command of every finding and look for the numbers that the finding states."""
    evidence = json.loads(whydown("investigate", str(folder), "--json").out)["evidence"]
    assert evidence
    for item in evidence:
        program, *arguments = shlex.split(item["query"])
        assert program == "whydown"
        rows = json.loads(whydown(*arguments, "--json").out)["rows"]
        for window in ("baseline", "incident"):
            if item[window] is not None:
                stated = item[window] * SCALES.get(item["unit"], 1.0)
                assert any(math.isclose(stated, found, rel_tol=1e-9) for found in numbers(rows, window)), item


def test_every_command_that_evidence_cites_prints_its_numbers(folder: Path, whydown: Whydown) -> None:
    check_evidence(whydown, folder)


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
    assert out.startswith("CREATE OR REPLACE TABLE raw")
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
