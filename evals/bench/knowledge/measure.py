"""A large knowledge base, measured in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evals.bench.knowledge.worker import KnowledgeCost
from evals.bench.measure import Run, run_python

TARGET_MS = 100


def measure_knowledge(chunks: int, scratch: Path, tell: Callable[[str], None]) -> tuple[KnowledgeCost, Run]:
    """Index and search so many chunks of made-up postmortems; what it holds at most is in the run.

    Raises:
        WhydownError: it failed.
    """
    tell(f"a knowledge base of {chunks:,} chunks, which takes minutes")
    run = run_python(["-m", "evals.bench.knowledge.worker", "postmortems", str(chunks)], scratch)
    return KnowledgeCost.model_validate_json(run.output), run


def knowledge_lines(cost: KnowledgeCost, run: Run) -> list[str]:
    """Return what it cost, at most 80 characters a line."""
    return [
        f"knowledge base of {cost.chunks:,} chunks in {cost.postmortems:,} postmortems",
        f"  {cost.disk_mb:,.0f} MB on disk, {run.peak_mb:,.0f} MB of memory at most, open in {cost.reopen_s:.1f} s",
        f"  indexed in {cost.index_s:.0f} s, {cost.chunks / cost.index_s:,.0f} a second, "
        f"besides the model, which embeds {cost.embedded_per_s:.0f}",
        f"  search {cost.search_ms:.0f} ms (median), {cost.search_p95_ms:.0f} ms (p95), target {TARGET_MS} ms",
        f"  words {cost.words_ms:.0f} ms, meaning {cost.meaning_ms:.0f} ms, {cost.model_ms:.0f} ms of it the model",
    ]
