from pathlib import Path

import pytest

from tests.agent.chat.model.served import investigated
from tools.config import Settings


@pytest.fixture
def run(tmp_path: Path) -> tuple[Settings, str]:
    """Return settings without a model, and the id of a finished run."""
    return investigated(tmp_path)
