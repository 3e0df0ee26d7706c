"""From evidence to ranked hypotheses: features, scores, kinds of fault, causal chains."""

from agent.ranking.alarm import Alarm
from agent.ranking.chain import causal_chain
from agent.ranking.impact import surge, unaffected
from agent.ranking.model import Weights, shipped_weights
from agent.ranking.propose import Picture, about, rank_hypotheses
from agent.ranking.steering import worth_showing

__all__ = [
    "Alarm",
    "Picture",
    "Weights",
    "about",
    "causal_chain",
    "rank_hypotheses",
    "shipped_weights",
    "surge",
    "unaffected",
    "worth_showing",
]
