"""Memory of a process and its children."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from evals.testbed.system.footprint import cpu_seconds, megabytes

HOLDS_60_MB = "held = bytearray(b'x') * 60_000_000; print('ready', flush=True); import sys; sys.stdin.read()"


def test_children_count_too() -> None:
    before = megabytes(os.getpid())
    with subprocess.Popen([sys.executable, "-c", HOLDS_60_MB], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with_child, alone = megabytes(os.getpid()), megabytes(child.pid)
        child.communicate()
    assert 60 < alone < 90
    assert with_child - before == pytest.approx(alone, abs=15)


def test_shared_pages_count_once() -> None:
    """No more than the resident pages of all, which count shared ones each time."""
    own = psutil.Process()
    assert (
        5 < megabytes(os.getpid()) <= sum(p.memory_info().rss for p in (own, *own.children(recursive=True))) / 1e6 + 1
    )


def test_a_process_that_is_gone_is_an_error_of_the_caller() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    with pytest.raises(psutil.NoSuchProcess):
        megabytes(child.pid)


def test_cpu_of_children_counts_too() -> None:
    before = cpu_seconds(os.getpid())
    burn = (
        "import time; t = time.process_time()\nwhile time.process_time() - t < 0.3: pass\nprint(1, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", burn], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert cpu_seconds(child.pid) >= 0.29
        assert cpu_seconds(os.getpid()) - before >= 0.29
        child.communicate(b"\n")
