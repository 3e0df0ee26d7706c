from pathlib import Path

import pytest

from agent.chat import Session
from agent.investigation import Watch
from tests.agent.incidents import slow_pay
from tools.config import Settings


@pytest.fixture(scope="session")
def investigated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, str]:
    """Return settings with one finished run; tests that change it make their own."""
    root = tmp_path_factory.mktemp("chat")
    settings = Settings(runs=root / "runs")
    report = Session.open(str(slow_pay(root / "shop")), settings).investigate(Watch())
    return settings, report.run_id


@pytest.fixture
def anyio_backend() -> str:
    """Return the event loop that Textual runs on."""
    return "asyncio"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(runs=tmp_path / "runs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return slow_pay(tmp_path / "shop")
