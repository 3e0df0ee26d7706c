"""Methods: whydown and its published peers, each a function from an incident folder to an answer."""

from evals.rca.methods.baro import rank_by_baro
from evals.rca.methods.base import Findings, Method
from evals.rca.methods.pagerank import rank_by_walk
from evals.rca.methods.random_order import rank_at_random
from evals.rca.methods.whydown import investigate_case
from evals.rca.methods.zscore import rank_by_zscore

METHODS: dict[str, Method] = {
    "whydown": investigate_case,
    "baro": rank_by_baro,
    "zscore": rank_by_zscore,
    "pagerank": rank_by_walk,
    "random": rank_at_random,
}
"""Name → method, in the order of tables."""
JUDGES = frozenset({"whydown"})
"""Methods that say more than an order: a fault family, a confidence, that nothing is wrong."""

WITH = "+"
"""Stands between a method and the language model that it is given: whydown+honest."""


def split_method(name: str) -> tuple[str, str]:
    """Return a method and the name of its language model, empty for none."""
    method, _, model = name.partition(WITH)
    return method, model


def judges(name: str) -> bool:
    """Tell whether a method, with or without a language model, says more than an order."""
    return split_method(name)[0] in JUDGES


__all__ = ["JUDGES", "METHODS", "WITH", "Findings", "Method", "judges", "split_method"]
