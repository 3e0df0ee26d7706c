"""`whydown collect` as a user runs it: a real process, real signals."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from tests.tools.otlp.messages import otlp_json, span, traces
from tools.incident import open_folder
from tools.otlp import Collector

pytestmark = pytest.mark.live


def collect(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Start the command on free ports."""
    command = [sys.executable, "-m", "agent", "collect", "--into", str(folder), "--http-port", "0", "--grpc-port", "0"]
    return subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def endpoint_of(process: subprocess.Popen[str]) -> str:
    """Wait for the ready line and return the URL in it."""
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"ready: HTTP (http://127\.0\.0\.1:\d+), gRPC http://127\.0\.0\.1:\d+\n", line)
    assert found, line
    return found[1]


def send(endpoint: str, number: int) -> None:
    answer = httpx.post(
        f"{endpoint}/v1/traces", content=otlp_json(traces([span(number)])), headers={"content-type": "application/json"}
    )
    assert answer.status_code == 200


def stored(folder: Path) -> int:
    return sum(pq.read_metadata(path).num_rows for path in open_folder(folder).signals["traces"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly_with_everything_in_parts(tmp_path: Path, number: signal.Signals) -> None:
    process = collect(tmp_path / "incident")
    send(endpoint_of(process), 1)
    process.send_signal(number)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, "")
    assert out.splitlines()[-1] == "received 1 span, 0 log lines, 0 metric points"
    assert stored(tmp_path / "incident") == 1
    assert not list((tmp_path / "incident/.spool").iterdir())


def test_duration_ends_it(tmp_path: Path) -> None:
    process = collect(tmp_path, "--duration", "0.5", "--no-grpc")
    out, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, "")
    assert re.match(r"ready: HTTP http://127\.0\.0\.1:\d+\n", out)


def test_after_kill_9_the_next_one_recovers_and_says_so(tmp_path: Path) -> None:
    process = collect(tmp_path)
    send(endpoint_of(process), 1)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    out, _ = collect(tmp_path, "--duration", "0.1").communicate(timeout=60)
    assert out.splitlines()[0] == "recovered 1 span, 0 log lines, 0 metric points from an earlier run"
    assert stored(tmp_path) == 1


def test_a_folder_in_use_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    with Collector(tmp_path, http_port=None, grpc_port=None):
        process = collect(tmp_path)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 3
    (line,) = error.splitlines()
    assert "being written by another whydown process" in line


def test_a_port_in_use_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    with Collector(tmp_path / "a", grpc_port=None) as other:
        process = collect(tmp_path / "b", "--http-port", other.http_endpoint.rpartition(":")[2])
        _, error = process.communicate(timeout=60)
    assert process.returncode == 3
    (line,) = error.splitlines()
    assert line.startswith("whydown: cannot listen on 127.0.0.1:")
