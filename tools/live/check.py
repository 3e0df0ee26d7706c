"""Try every configured backend, and explain what does not work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.errors import WhydownError
from tools.live.budget import Budget
from tools.live.kinds import open_kind
from tools.live.opening import Opening
from tools.live.settings import SourcesSettings
from tools.live.source import HttpSource
from tools.sources import LiveSource
from tools.window import TimeWindow

SIGNALS = ("traces", "logs", "metrics", "changes", "alerts")


@dataclass(frozen=True, slots=True)
class Checked:
    """How one backend answers: `detail` says what it holds or what is wrong, `remedy` what to do about it."""

    signal: str
    name: str
    ok: bool
    detail: str
    remedy: str = ""


def check_sources(settings: SourcesSettings, horizon: TimeWindow, origin: Path) -> list[Checked]:
    """Ask each backend for its services; the others do not suffer from one that is wrong, dead or slow.

    Args:
        settings: the backends.
        horizon: the windows that an investigation would ask about now.
        origin: the settings file.
    """
    openings = [
        Opening(backend, signal, horizon, Budget(settings.budget_seconds), origin)
        for signal in SIGNALS
        for backend in settings.of(signal)
    ]
    with ThreadPoolExecutor(max_workers=max(len(openings), 1)) as pool:
        return [checked for found in pool.map(lambda opening: list(_check(opening)), openings) for checked in found]


def _check(opening: Opening) -> Iterator[Checked]:
    name, signal = opening.settings.label, opening.signal
    try:
        source = open_kind(opening)
    except WhydownError as error:
        yield Checked(signal, name, False, error.problem, error.remedy)
        return
    try:
        yield from _answered(opening, source)
    except WhydownError as error:
        yield Checked(signal, source.name, False, error.problem.removeprefix(f"{source.name} "), error.remedy)
    finally:
        source.close()


def _answered(opening: Opening, source: LiveSource) -> Iterator[Checked]:
    """Yield what a source that answers holds, and whether its clock is right.

    Raises:
        SourceError: it does not answer.
    """
    signal, started = opening.signal, time.perf_counter()
    services = source.services()
    seconds = time.perf_counter() - started
    answered = f"answers in {seconds:.2f} s, {len(services)} services between {horizon_words(opening.horizon)}"
    live = source if isinstance(source, HttpSource) else None
    if not services and signal not in {"changes", "alerts"}:
        remedy = live.hint() if live else "does anything write to it?"
        yield Checked(signal, source.name, False, f"{answered}: it holds nothing of the time", remedy)
        return
    notes = [note for note in source.degradations() if not live or note != live.clock_note][:2]
    notes += live.remarks()[:4] if live else []
    yield Checked(signal, source.name, True, "; ".join([answered, *notes]))
    yield from _clock(live, signal) if live else ()


def horizon_words(horizon: TimeWindow) -> str:
    """Return a window for people, without fractions of a second."""
    whole = TimeWindow(start_ns=horizon.start_ns // 10**9 * 10**9, end_ns=(horizon.end_ns // 10**9 + 1) * 10**9)
    return str(whole).replace("..", " and ")


def _clock(source: HttpSource, signal: str) -> Iterator[Checked]:
    if source.clock_note:
        remedy = "let both follow a time server; until then give --incident in the backend's time"
        yield Checked(signal, source.name, False, source.clock_note, remedy)
