"""The log lines of an incident folder, and the embedded store that knows no more than a log backend does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import httpx

from tests.contract.recorded import RECORDINGS, Recorded, recorded
from tools.config import StoreSettings
from tools.incident import open_folder
from tools.live.budget import Budget
from tools.live.opening import Opening
from tools.live.settings import BackendSettings
from tools.sources import LogSource, Telemetry
from tools.store.open import open_telemetry
from tools.window import TimeWindow

RECORDING = RECORDINGS / "checkout-timeout"
"""The recording whose fault shows most in lines."""
Handler = Callable[[httpx.Request], httpx.Response]


@dataclass(frozen=True)
class StoredLine:
    """One line of a folder."""

    time_ns: int
    service: str
    severity: str
    body: str
    trace: str
    pod: str


def stored_lines(folder: Path = RECORDING) -> list[StoredLine]:
    """Return the lines of a folder, oldest first."""
    rows = duckdb.execute(
        "SELECT time_unix_nano, service, coalesce(severity, ''), body, coalesce(trace_id, ''), coalesce(pod, '') "
        f"FROM '{folder}/logs.parquet' ORDER BY time_unix_nano"
    ).fetchall()
    return [StoredLine(*row) for row in rows]


def logs_alone(path: Path) -> Recorded:
    """Return the recording with nothing but its lines, which name no span: log backends join with none."""
    there = recorded(RECORDING)
    path.mkdir(exist_ok=True)
    duckdb.execute(
        f"COPY (SELECT * REPLACE (NULL::VARCHAR AS span_id) FROM '{RECORDING}/logs.parquet') TO '{path}/logs.parquet'"
    )
    return Recorded(open_telemetry(open_folder(path), StoreSettings()), there.scope)


def log_source(telemetry: Telemetry) -> LogSource:
    """Return the log source, which is there."""
    assert telemetry.logs is not None
    return telemetry.logs


def opening(kind: str, horizon: TimeWindow, **fields: object) -> Opening:
    """Return what a log backend's module is given."""
    settings = BackendSettings.model_validate({"kind": kind, "url": f"http://{kind}.test", "tries": 1, **fields})
    return Opening(settings, "logs", horizon, Budget(60), Path("whydown.toml"))
