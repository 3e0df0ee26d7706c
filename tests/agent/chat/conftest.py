from pathlib import Path

import pytest

from tests.agent.incidents import slow_pay
from tools.config import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(runs=tmp_path / "runs")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return slow_pay(tmp_path / "shop")
