from __future__ import annotations

import datetime as dt
import json
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import T0, window
from tests.tools.live.backend import opening, transport
from tools.clock import now
from tools.live import check
from tools.live.changes.grafana import GrafanaChanges
from tools.live.check import check_sources
from tools.live.settings import SourcesSettings

HORIZON = window(0, 120)


def checked(**signals: Any) -> list[check.Checked]:
    return check_sources(SourcesSettings.model_validate(signals), HORIZON, Path("live.toml"))


def test_each_backend_is_judged_by_itself(tmp_path: Path) -> None:
    feed = tmp_path / "feed.json"
    feed.write_text(json.dumps([{"time_unix": T0 + 5, "service": "cart"}]))
    found = checked(
        metrics=[
            {"kind": "prometheus", "url": "http://127.0.0.1:1", "tries": 1},
            {"kind": "abacus", "url": "http://127.0.0.1:1"},
            {"kind": "prometheus", "url": "http://127.0.0.1:1", "token_env": "NO_SUCH_VARIABLE"},
        ],
        changes=[{"kind": "feed", "file": str(feed)}],
    )
    assert [(item.signal, item.ok) for item in found] == [
        ("metrics", False),
        ("metrics", False),
        ("metrics", False),
        ("changes", True),
    ]
    assert "cannot be reached" in found[0].detail
    assert "check its url" in found[0].remedy
    assert "no kind 'abacus'" in found[1].detail
    assert "NO_SUCH_VARIABLE is not set" in found[2].detail
    assert "1 services between" in found[3].detail


def test_nothing_configured_is_nothing_found() -> None:
    assert checked() == []


@pytest.mark.parametrize(("seconds", "words"), [(-90, "behind ours"), (3600, "ahead of ours"), (1, "")])
def test_a_clock_that_is_off_is_told(seconds: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        date = format_datetime((now() + dt.timedelta(seconds=seconds)).replace(tzinfo=dt.UTC), usegmt=True)
        return httpx.Response(200, json=[], headers={"date": date})

    def opened(asked: object) -> GrafanaChanges:
        return GrafanaChanges(opening("changes"), transport(serve))

    monkeypatch.setattr(check, "open_kind", opened)
    found = checked(changes=[{"kind": "grafana", "url": "http://x"}])
    assert [item.ok for item in found] == ([True, False] if words else [True])
    assert words in found[-1].detail
