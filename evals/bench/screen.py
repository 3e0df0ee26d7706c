"""How fast the terminal interface is: in a pseudo-terminal, as a person sees it."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path
from statistics import median
from termios import TIOCSWINSZ

from tools.errors import WhydownError

FINDINGS = 10_000
KEYS = 40
_PATIENCE_S = 30.0
_QUIET_S = 0.15
"""Without output for so long, the screen is settled."""


@dataclass(frozen=True, slots=True)
class ScreenCost:
    """Seconds from process start to the first painted screen, and from each key to the first output after it.

    The processor time beside them says what they would be on an idle machine.
    """

    first_paint_s: float
    repaint_s: tuple[float, ...]
    first_paint_cpu_s: float = 0.0
    key_cpu_s: float = 0.0

    @property
    def typical_s(self) -> float:
        """Return the median of the repaints."""
        return median(self.repaint_s)

    @property
    def slow_s(self) -> float:
        """Return the repaint that one in twenty exceeds."""
        return sorted(self.repaint_s)[int(len(self.repaint_s) * 0.95)]


def screen_lines(cost: ScreenCost) -> list[str]:
    """Return the measurement in words, with its targets."""
    return [
        f"whydown chat: first paint {cost.first_paint_s:.2f} s ({cost.first_paint_cpu_s:.2f} s CPU), target under 1 s",
        f"key to repaint with {FINDINGS:,} findings: median {cost.typical_s * 1000:.0f} ms, "
        f"19 of 20 under {cost.slow_s * 1000:.0f} ms ({cost.key_cpu_s * 1000:.0f} ms CPU a key), target under 50 ms",
    ]


class Terminal:
    """One `whydown chat` in a pseudo-terminal of 160 by 50."""

    def __init__(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        self._master, slave = pty.openpty()
        ioctl(slave, TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "agent", "chat", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)

    def cpu_s(self) -> float:
        """Return the processor time that the process has used, seconds; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the process."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    def wait_for(self, text: str) -> float:
        """Return when a text was painted, seconds of the performance counter.

        Raises:
            WhydownError: it never was.
        """
        seen = b""
        deadline = time.perf_counter() + _PATIENCE_S
        while time.perf_counter() < deadline:
            if piece := self._read(0.05):
                seen += piece
                if text.encode() in seen:
                    return time.perf_counter()
        raise WhydownError(f"the screen never showed {text!r}", "run `whydown chat` by hand")

    def settle(self) -> None:
        """Wait until nothing more is painted."""
        while self._read(_QUIET_S):
            pass

    def press(self, key: bytes) -> float:
        """Press a key and return the seconds until the screen changes.

        Raises:
            WhydownError: it does not.
        """
        began = time.perf_counter()
        os.write(self._master, key)
        if not self._read(_PATIENCE_S):
            raise WhydownError("a key changed nothing on the screen", "run `whydown chat` by hand")
        return time.perf_counter() - began

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], seconds)
        return os.read(self._master, 65_536) if ready else b""


def many_findings(folder: Path, runs: Path) -> str:
    """Investigate a folder, multiply what was found to `FINDINGS`, and return the run's id.

    Raises:
        WhydownError: the investigation failed, or found nothing.
    """
    from agent.investigation import investigate
    from agent.runs import find_run
    from agent.schema import Incident
    from tools.config import Settings

    report = investigate(Incident(folder=folder.resolve(), no_model=True), Settings(runs=runs))
    if not report.evidence:
        raise WhydownError(f"nothing was found in {folder}", "give recordings of faults")
    more = (
        report.evidence[number % len(report.evidence)].model_copy(update={"id": f"E{number + 1}"})
        for number in range(len(report.evidence), FINDINGS)
    )
    multiplied = report.model_copy(update={"evidence": (*report.evidence, *more)})
    run = find_run(runs, report.run_id)
    (run.path / "report.json").write_text(multiplied.model_dump_json(), encoding="utf-8")
    return run.id


def environment_of(runs: Path) -> dict[str, str]:
    """Return the environment of a person's terminal, in which Python keeps compiled modules, as it does by default."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return {**mine, **terminal, "WHYDOWN_RUNS": str(runs), "PYTHONPYCACHEPREFIX": str(runs.parent / "compiled")}


def measure_screen(run: str, runs: Path, keys: int = KEYS) -> ScreenCost:
    """Measure a run with many findings: first paint, then moving through all evidence by key.

    Raises:
        WhydownError: the screen does not come, or does not react.
    """
    environment = environment_of(runs)
    warm = Terminal([run], environment)  # compiles the modules, as the first start after an installation does
    try:
        warm.wait_for("Hypotheses")
    finally:
        warm.close()
    terminal = Terminal([run], environment)
    try:
        painted = terminal.wait_for("Hypotheses")
        painting = terminal.cpu_s()
        terminal.settle()
        for key in (b"f", b"f", b"f", b"f", b"e"):
            terminal.press(key)
            terminal.settle()
        times, before = [], terminal.cpu_s()
        for _ in range(keys):
            times.append(terminal.press(b"j"))
            terminal.settle()
        used = (terminal.cpu_s() - before) / keys
        return ScreenCost(painted - terminal.started, tuple(times), painting, used)
    finally:
        terminal.close()
