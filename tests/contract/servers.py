"""Real servers of Debian's packages on free ports of loopback, for tests marked live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.bench.live.server import free_port, prometheus, running

__all__ = ["alertmanager", "prometheus", "victoria_metrics"]


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
