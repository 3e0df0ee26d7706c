"""A process that must not outlive its parent, and one that must not have its rights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from evals.testbed.system.lifeline import store_command, store_user

PARENT = """
import os, time
from evals.testbed.system.lifeline import die_with_parent
parent = os.getpid()
child = os.fork()
if child == 0:
    die_with_parent(parent)
    time.sleep(60)
print(child, flush=True)
time.sleep(60)
"""


def gone(pid: int, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_the_kernel_ends_a_child_whose_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child, 0.2)
        parent.kill()
        parent.wait()
    assert gone(child)


def test_an_orphan_does_not_even_begin() -> None:
    code = "from evals.testbed.system.lifeline import die_with_parent; die_with_parent(1 << 22); print('began')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary account keeps its own")
def test_a_store_does_not_run_as_root() -> None:
    user = store_user()
    assert user is not None
    assert user.pw_uid != 0
    done = subprocess.run(store_command(["id", "-u"], signal.SIGKILL), capture_output=True, text=True, check=True)
    assert int(done.stdout) == user.pw_uid


def test_a_store_ends_with_whoever_started_it() -> None:
    command = store_command(["sleep", "60"], signal.SIGTERM)
    assert "--pdeathsig=TERM" in command
    assert command[-2:] == ["sleep", "60"]
