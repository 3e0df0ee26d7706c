"""A server on a free port of loopback, for as long as a block runs."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tools.errors import PrerequisiteError, SourceError

PROMETHEUS_CONFIG = "storage:\n  tsdb:\n    out_of_order_time_window: 3650d\n"
"""Takes remote writes of any age."""
READY_SECONDS = 30


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], url: str, ready: str, log: Path) -> Iterator[str]:
    """Run a server until the block ends; yield its address once it is ready.

    Raises:
        PrerequisiteError: it is not installed.
        SourceError: it does not start.
    """
    if shutil.which(command[0]) is None:
        raise PrerequisiteError(f"{command[0]} is not installed", "apt-get install it (see .ci/run)")
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(process, url + ready, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    said = log.read_text(errors="replace").strip().splitlines()
    raise SourceError(f"{url} is not ready", said[-1][:200] if said else "it says nothing")


@contextmanager
def prometheus(folder: Path, config: str = PROMETHEUS_CONFIG) -> Iterator[str]:
    """Run Prometheus.

    Raises:
        PrerequisiteError: it is not installed.
        SourceError: it does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(config)
    address = f"127.0.0.1:{free_port()}"
    command = [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={address}",
        "--web.enable-remote-write-receiver",
        "--enable-feature=exemplar-storage,native-histograms",
    ]
    with running(command, f"http://{address}", "/-/ready", folder / "prometheus.log") as url:
        yield url
