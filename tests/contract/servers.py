"""Real servers of Debian's packages on free ports of loopback, for tests marked live."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

PROMETHEUS_CONFIG = "storage:\n  tsdb:\n    out_of_order_time_window: 3650d\n"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: Sequence[str], url: str, ready: str, log: Path) -> Iterator[str]:
    """Run a server until the block ends; yield its address once it is ready."""
    assert shutil.which(command[0]), f"{command[0]} is not installed: apt-get install it (see .ci/run)"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(process, url + ready, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} is not ready: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def prometheus(folder: Path, config: str = PROMETHEUS_CONFIG) -> Iterator[str]:
    """Run Prometheus, which takes remote writes of any age."""
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
        "--enable-feature=exemplar-storage",
    ]
    with running(command, f"http://{address}", "/-/ready", folder / "prometheus.log") as url:
        yield url


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[str]:
    """Run VictoriaMetrics, which answers what was written a moment ago."""
    folder.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{free_port()}"
    command = [
        "victoria-metrics",
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr={address}",
        "-search.latencyOffset=0",
        "-retentionPeriod=100y",
        "-memory.allowedBytes=256MB",
    ]
    with running(command, f"http://{address}", "/health", folder / "victoria.log") as url:
        yield url


@contextmanager
def alertmanager(
    folder: Path, config: str = "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n"
) -> Iterator[str]:
    """Run Alertmanager without a cluster."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_text("route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n")
    address = f"127.0.0.1:{free_port()}"
    command = [
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with running(command, f"http://{address}", "/-/ready", folder / "alertmanager.log") as url:
        yield url
