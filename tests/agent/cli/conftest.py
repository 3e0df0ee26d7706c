from pathlib import Path

import pytest

from tests.agent.cli.command_line import Whydown, runner
from tests.builders import Folder, Log, gauge, shop


@pytest.fixture
def whydown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Whydown:
    """Return a function that runs the command line."""
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an incident folder in which `pay` is slow, in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHYDOWN_RUNS", raising=False)
    built = Folder(tmp_path / "shop").spans(*shop(0, 60)).spans(*shop(60, 60, slow={"pay": 40.0}))
    built.incident()
    built.logs(
        *(Log("pay", f"charged {n} euro", at=n) for n in range(120)),
        *(Log("pay", f"waiting for lock {n}", at=n, severity="WARN") for n in range(70, 120)),
    )
    built.metrics(*gauge("pay", "cpu.usage", [0.1, 0.12, 0.1, 0.12, 0.1, 0.12, *[0.7] * 6]))
    built.change(58, "pay", "deploy", "v42 rolled out", "v42")
    return Path("shop")
