from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from email.utils import format_datetime
from importlib import import_module
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


@pytest.mark.parametrize(
    ("signal", "module", "name", "silent", "listed", "setting"),
    [
        (
            "metrics",
            "metrics.prometheus",
            "PrometheusMetrics",
            {"data": {"result": []}},
            {"data": ["__name__", "team", "zone"]},
            "service_labels",
        ),
        ("logs", "logs.loki", "LokiLogs", {"data": []}, {"data": ["team", "zone"]}, "service_label"),
        (
            "logs",
            "logs.victorialogs",
            "VictoriaLogs",
            {"values": []},
            {"values": [{"value": "_msg"}, {"value": "team"}, {"value": "zone"}]},
            "service_field",
        ),
    ],
)
def test_a_backend_without_services_tells_which_labels_it_has(
    signal: str, module: str, name: str, silent: Any, listed: Any, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        about = listed if request.url.path.endswith(("/labels", "/field_names")) else silent
        return httpx.Response(200, json={"status": "success", **about})

    source = getattr(import_module(f"tools.live.{module}"), name)
    monkeypatch.setattr(check, "open_kind", lambda asked: source(opening(signal), transport(serve)))
    (found,) = checked(**{signal: [{"kind": "x", "url": "http://x"}]})
    assert not found.ok
    assert "it holds nothing of the time" in found.detail
    assert found.remedy == f"none names a service of team, zone; set {setting}"


def test_an_empty_backend_is_asked_whether_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.live.metrics.prometheus import PrometheusMetrics

    empty = {"status": "success", "data": {"result": []}}
    monkeypatch.setattr(
        check,
        "open_kind",
        lambda asked: PrometheusMetrics(opening(), transport(lambda r: httpx.Response(200, json=empty))),
    )
    (found,) = checked(metrics=[{"kind": "x", "url": "http://x"}])
    assert found.remedy.startswith("does anything send to it")


def test_many_backends_are_opened_at_once_in_a_fresh_process(tmp_path: Path) -> None:
    kinds = {"traces": ["jaeger", "tempo", "clickhouse"], "logs": ["loki", "clickhouse"], "metrics": ["prometheus"]}
    settings = {
        signal: [{"kind": kind, "url": "http://127.0.0.1:1", "tries": 1} for kind in names]
        for signal, names in kinds.items()
    }
    script = (
        "import sys, json; from pathlib import Path; from tools.live.check import check_sources; "
        "from tools.live.settings import SourcesSettings; from tools.window import TimeWindow; "
        "found = check_sources(SourcesSettings.model_validate(json.loads(sys.argv[1])), "
        "TimeWindow(start_ns=1, end_ns=2 * 10**9), Path('x')); "
        "print([item.detail for item in found])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, json.dumps(settings)], capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr[-500:]
    assert ended.stdout.count("cannot be reached") == 6


@pytest.mark.parametrize(("seconds", "told"), [(-90, "behind ours"), (30, "ahead of ours"), (2, "")])
def test_an_investigation_is_told_of_another_clock_too(seconds: int, told: str) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        date = format_datetime((now() + dt.timedelta(seconds=seconds)).replace(tzinfo=dt.UTC), usegmt=True)
        return httpx.Response(200, json=[], headers={"date": date})

    source = GrafanaChanges(opening("changes"), transport(serve))
    assert source.degradations() == []
    source.services()
    assert [told in note for note in source.degradations()] == ([True] if told else [])
    source.close()
