"""From evidence to ranked hypotheses: candidates, features, scores, confidence."""

from agent.ranking.rank import propose_hypotheses, rank_hypotheses

__all__ = ["propose_hypotheses", "rank_hypotheses"]
