from __future__ import annotations

from pathlib import Path

import pytest

from tools.config import load_settings
from tools.errors import ConfigError

FILE = """
[sources]
budget_seconds = 5

[[sources.metrics]]
kind = "prometheus"
url = "http://prometheus:9090/prefix/"
token_env = "PROM_TOKEN"
step_seconds = 30
[sources.metrics.services]
"checkout-svc" = "checkout"

[[sources.metrics]]
kind = "prometheus"
name = "other"
url = "https://mimir:8080"
tenant = "a"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "whydown.toml"
    path.write_text(text)
    return path


def test_backends_are_read_in_order(tmp_path: Path) -> None:
    first, second = load_settings(write(tmp_path, FILE)).sources.metrics
    assert (first.label, first.url) == ("prometheus prometheus:9090", "http://prometheus:9090/prefix")
    assert first.services == {"checkout-svc": "checkout"}
    assert first.model_extra == {"step_seconds": 30}
    assert (second.label, second.tenant) == ("other", "a")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("prometheus:9090", "http://host:9090"),
        ("ftp://x", "http://host:9090"),
        ("http://ann:secret@x", "password_env"),
        ("http://x/?a=b", "neither"),
    ],
)
def test_a_wrong_address_is_refused_without_repeating_it(tmp_path: Path, url: str, words: str) -> None:
    text = f'[[sources.metrics]]\nkind = "prometheus"\nurl = "{url}"\n'
    with pytest.raises(ConfigError, match=words) as caught:
        load_settings(write(tmp_path, text))
    assert "secret" not in str(caught.value)
    assert "sources.metrics.0.url" in str(caught.value)


def test_an_unknown_signal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sources\.profiles"):
        load_settings(write(tmp_path, '[[sources.profiles]]\nkind = "x"\n'))
