"""What a killed process leaves is removed; what ends in good order tidies up itself."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """
import sys, time
from pathlib import Path
from evals.testbed.system.janitor import Janitor
janitor = Janitor(Path(sys.argv[1]))
if sys.argv[2] == "dismiss":
    janitor.dismiss()
    sys.exit()
print("up", flush=True)
time.sleep(30)
"""


def _start(folder: Path, what: str) -> subprocess.Popen[str]:
    (folder / "data").mkdir(parents=True)
    command = [sys.executable, "-c", SCRIPT, str(folder), what]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("ending", ["kill", "terminate"])
def test_the_folder_goes_with_a_process_that_is_killed(ending: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with _start(folder, "stay") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        getattr(process, ending)()
        assert process.stdout.read() == ""  # the janitor does not keep it open
    deadline = time.monotonic() + 5
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()


def test_a_dismissed_janitor_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with _start(folder, "dismiss") as process:
        assert process.wait(timeout=20) == 0
    time.sleep(1.3)
    assert folder.exists()
