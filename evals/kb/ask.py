"""Ask every query with every method; note where the right answer stood and how sure the search was."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from evals.kb.queries import Ask
from knowledge.retrieval import MIN_STRENGTH, Match, Method, Query, Searcher
from knowledge.retrieval.strength import Signs

SHOWN = 5
"""Matches that users see: what is timed."""
DEPTH = 50
"""Places looked at for the reciprocal rank; beyond, it is counted as zero."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one method said to one query.

    Args:
        rank: place of the first right document, from 1; None when it is not among `DEPTH`, or the query is novel.
        best: signs of the best match.
        hidden: signs of the best match after all right answers were hidden, so of something wrong.
        sure: how sure the method is of its best match, in its own unit.
        hidden_sure: the same after hiding.
        shown: whether the best match is above the threshold that is shipped.
        hidden_shown: the same after hiding.
        seconds: time of the search, the embedding of the query included.
    """

    rank: int | None
    best: Signs
    hidden: Signs
    sure: float
    hidden_sure: float
    shown: bool
    hidden_shown: bool
    seconds: float


def ask_all(
    searcher: Searcher, asks: list[Ask], method: Method, progress: Callable[[int], None] = lambda done: None
) -> list[Answer]:
    """Return one answer a query, in order."""
    answers = []
    for number, ask in enumerate(asks, 1):
        started = time.perf_counter()
        searcher.search(Query(ask.text), SHOWN, method)
        seconds = time.perf_counter() - started
        found = ordered(searcher, Query(ask.text), method, DEPTH)
        rank = next((place for place, match in enumerate(found, 1) if match.postmortem.id in ask.right), None)
        hidden = ordered(searcher, Query(ask.text, without=ask.right), method, 1) if ask.right else found
        best, second = (items[0] if items else None for items in (found, hidden))
        answers.append(
            Answer(
                rank=rank,
                best=best.signs if best else Signs(),
                hidden=second.signs if second else Signs(),
                sure=sureness(best, method),
                hidden_sure=sureness(second, method),
                shown=best is not None and best.strength >= MIN_STRENGTH,
                hidden_shown=second is not None and second.strength >= MIN_STRENGTH,
                seconds=seconds,
            )
        )
        progress(number)
    return answers


def ordered(searcher: Searcher, query: Query, method: Method, limit: int) -> list[Match]:
    """Return matches in order of score, whether or not they are above the threshold."""
    found = searcher.search(query, limit, method)
    return sorted(found.matches + found.weaker, key=lambda match: (-match.score, match.postmortem.id))


def sureness(match: Match | None, method: Method) -> float:
    """Return how sure a method is: BM25 by coverage, vectors by cosine, both together by strength."""
    if match is None:
        return 0.0
    return {"bm25": match.signs.coverage, "dense": match.signs.similarity}.get(method, match.strength)
