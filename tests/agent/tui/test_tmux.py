"""A whole session in a real terminal, on a bundled recording."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RECORDING = "evals/recordings/payment-slow"


@pytest.mark.live
@pytest.mark.timeout(180)
def test_a_session_in_tmux(tmp_path: Path) -> None:
    tmux = shutil.which("tmux")
    assert tmux, "install Debian's tmux"
    server = [tmux, "-S", str(tmp_path / "socket")]
    chat = f"env WHYDOWN_RUNS={tmp_path}/runs {sys.executable} -m agent chat {RECORDING}"

    def send(*keys: str) -> None:
        subprocess.run([*server, "send-keys", *keys], check=True)

    def sees(text: str) -> str:
        for _ in range(600):
            shown = subprocess.run([*server, "capture-pane", "-p"], capture_output=True, text=True, check=True).stdout
            if text in shown:
                return shown
            time.sleep(0.1)
        raise AssertionError(f"{text!r} never came:\n{shown}")

    subprocess.run(
        [*server, "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", chat], cwd=ROOT, check=True
    )
    try:
        sees("ROOT CAUSE: payment")
        send("a")
        send("-l", "who is affected?")
        send("Enter")
        sees("Who calls whom")
        send("Escape")
        time.sleep(1)  # a terminal takes Escape and a key at once for Alt and the key
        send("3")
        assert "critical path" in sees("duration")
        send("x")
        sees("/reject H1")
        send("-l", "restarted, still slow")
        send("Enter")
        sees("Ruled out, and ranked again.")
        send("/")
        send("-l", "quit")
        send("Enter")
        for _ in range(300):
            if subprocess.run([*server, "list-sessions"], capture_output=True, check=False).returncode:
                break
            time.sleep(0.1)
        assert list((tmp_path / "runs").glob("*/chat.jsonl"))
    finally:
        subprocess.run([*server, "kill-server"], capture_output=True, check=False)
