"""Open the live backends of the settings as telemetry sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, TypeVar

from tools.errors import ConfigError, SourceError
from tools.live.budget import Budget
from tools.live.kinds import open_kind
from tools.live.merge import MergedChanges, MergedLogs, MergedMetrics, MergedTraces
from tools.live.opening import Opening
from tools.live.settings import SourcesSettings
from tools.live.source import HttpSource
from tools.sources import LiveSource, Telemetry, Unanswered
from tools.window import TimeWindow

SIGNALS = ("traces", "logs", "metrics", "changes")
FIRST_SHARE = 1 / 3
"""Of the seconds for all backends: what finding out who answers may take. The rest is for the queries."""
T = TypeVar("T")


def open_live(
    settings: SourcesSettings, horizon: TimeWindow, origin: Path, drop: frozenset[str] = frozenset()
) -> Telemetry:
    """Open every configured backend and find out which of them answer.

    A backend that does not answer is left out, and named in `Telemetry.unanswered`.

    Args:
        settings: the backends.
        horizon: all windows that will be asked about.
        origin: the settings file, which the commands that evidence cites name.
        drop: signals to leave aside: traces, logs, metrics, changes.

    Raises:
        ConfigError: no backend is configured, or the settings of one are wrong.
        SourceError: none of them answers; changes alone tell nothing.
    """
    budget = Budget(settings.budget_seconds)
    openings = [
        Opening(backend, signal, horizon, budget, origin)
        for signal in SIGNALS
        if signal not in drop
        for backend in settings.of(signal)
    ]
    if not openings:
        raise ConfigError(f"{origin} names no live source", "add [[sources.metrics]] with kind and url")
    sources = [open_kind(opening) for opening in openings]
    reasons = who_does_not_answer(openings, sources, settings.budget_seconds * FIRST_SHARE)
    telemetry = [reason for opening, reason in zip(openings, reasons, strict=True) if opening.signal != "changes"]
    if all(telemetry or reasons):
        for source in sources:
            source.close()
        raise SourceError("no live source of telemetry answers", "; ".join(dict.fromkeys(filter(None, reasons))))
    answering: dict[str, list[Any]] = {signal: [] for signal in SIGNALS}
    unanswered: list[Unanswered] = []
    for opening, source, reason in zip(openings, sources, reasons, strict=True):
        if reason:
            unanswered.append(Unanswered(opening.signal, source.name, reason))
        else:
            answering[opening.signal].append(source)
    return Telemetry(
        traces=_one(answering["traces"], MergedTraces),
        logs=_one(answering["logs"], MergedLogs),
        metrics=_one(answering["metrics"], MergedMetrics),
        changes=_one(answering["changes"], MergedChanges),
        unanswered=tuple(unanswered),
    )


def who_does_not_answer(openings: Sequence[Opening], sources: Sequence[LiveSource], seconds: float) -> list[str]:
    """Return why each source is left out; one that has not answered after some seconds is, however slow others are."""
    with ThreadPoolExecutor(max_workers=len(sources)) as pool:
        asked = [pool.submit(_why_not, opening, source) for opening, source in zip(openings, sources, strict=True)]
        waited_for = {f for f, source in zip(asked, sources, strict=True) if isinstance(source, HttpSource)}
        late = wait(waited_for, timeout=seconds).not_done
        for source, future in zip(sources, asked, strict=True):
            if future in late:
                source.close()  # what is under way ends, and with it the wait
        return [
            f"{source.name} did not answer within {seconds:.2g} s" if future in late else future.result()
            for source, future in zip(sources, asked, strict=True)
        ]


def _why_not(opening: Opening, source: LiveSource) -> str:
    """Return why a source is left out, empty when it answers; one that is left out is closed."""
    try:
        if source.services() or opening.signal == "changes":
            return ""
        reason = f"{source.name} holds nothing of the compared windows"
    except SourceError as error:
        reason = str(error)
    source.close()
    return reason


def _one(sources: list[Any], merge: Callable[[list[Any]], T]) -> T | Any | None:
    return merge(sources) if len(sources) > 1 else next(iter(sources), None)
