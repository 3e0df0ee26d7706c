"""kill -9 at any moment: nothing acknowledged is lost, nothing is stored twice."""

import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest

from tests.tools.otlp.messages import span, traces
from tools.incident import open_folder
from tools.otlp import Collector

pytestmark = pytest.mark.live

COLLECT = """
import sys, time
from pathlib import Path
from tools.otlp import Collector
with Collector(Path(sys.argv[1]), grpc_port=None, compact_seconds=0.02) as running:
    print(running.http_endpoint, flush=True)
    time.sleep(300)
"""


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a collector that compacts all the time; yield it and its endpoint; kill -9 it at the end."""
    process = subprocess.Popen([sys.executable, "-c", COLLECT, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(30)


def send_until_it_dies(endpoint: str, first: int, acknowledged: list[int], enough: threading.Event) -> None:
    """Send one numbered span after the other; remember those that were acknowledged."""
    with httpx.Client(timeout=30) as client:
        for number in range(first, first + 100_000):
            body = traces([span(number)]).SerializeToString()
            try:
                answer = client.post(
                    f"{endpoint}/v1/traces", content=body, headers={"content-type": "application/x-protobuf"}
                )
            except httpx.HTTPError:
                return
            assert answer.status_code == 200
            acknowledged.append(number)
            if len(acknowledged) >= 30:
                enough.set()


@pytest.mark.timeout(280)
def test_killed_again_and_again_under_load(tmp_path: Path) -> None:
    chance = random.Random(7)
    acknowledged: list[int] = []
    for run in range(1, 6):
        with running(tmp_path) as (process, endpoint):
            heard: list[list[int]] = [[] for _ in range(3)]
            enough = threading.Event()
            senders = [
                threading.Thread(target=send_until_it_dies, args=(endpoint, run * 10**6 + n * 10**5, heard[n], enough))
                for n in range(3)
            ]
            for sender in senders:
                sender.start()
            assert enough.wait(60)
            threading.Event().wait(chance.uniform(0.0, 0.3))
            process.send_signal(signal.SIGKILL)
            for sender in senders:
                sender.join(60)
            acknowledged += [number for numbers in heard for number in numbers]
    with Collector(tmp_path, http_port=None, grpc_port=None):
        pass
    stored = Counter(
        int(text, 16)
        for path in open_folder(tmp_path).signals["traces"]
        for text in pq.read_table(path).column("span_id").to_pylist()
    )
    assert len(acknowledged) >= 150
    assert set(acknowledged) <= stored.keys()
    assert set(stored.values()) == {1}
    assert not list((tmp_path / ".spool").iterdir())
    assert not list(tmp_path.rglob("*.unfinished"))
