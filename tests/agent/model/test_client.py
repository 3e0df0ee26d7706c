"""The seam: no model configured means none is made and nothing heavy is loaded."""

from __future__ import annotations

import subprocess
import sys

from agent.model import model_from
from tools.config import ModelSettings


def test_without_a_name_there_is_no_model() -> None:
    assert model_from(ModelSettings()) is None


def test_a_name_makes_a_client_that_has_sent_nothing() -> None:
    model = model_from(ModelSettings(model="some-model", url="http://127.0.0.1:9/v1"))
    assert model is not None
    assert model.name == "some-model"


def test_no_sdk_is_loaded_before_a_call() -> None:
    program = (
        "import sys; from agent.model import model_from; from tools.config import ModelSettings; "
        "model_from(ModelSettings(model='m')); print('openai' in sys.modules, 'tiktoken' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]
