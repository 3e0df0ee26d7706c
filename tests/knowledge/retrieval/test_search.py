"""Search: fusion, boosts that order but never invent, honest "nothing similar"."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import open_knowledge
from knowledge.postmortem import Postmortem
from knowledge.retrieval import METHODS, Found, Match, Query, Searcher
from knowledge.retrieval.boosts import Boosts
from knowledge.retrieval.fuse import RANK_CONSTANT, fuse
from knowledge.retrieval.search import same_pattern
from knowledge.retrieval.strength import (
    BACKGROUND_COVERAGE,
    BACKGROUND_SIMILARITY,
    MIN_STRENGTH,
    signs,
    strength,
)
from tests.knowledge.builders import CERTIFICATE, MAIL, POOL, SHOP, WordEmbedder, settings_for, write_shop
from tools.faults import FaultKind

TODAY = dt.date(2026, 3, 1)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    path: Path = tmp_path_factory.mktemp("kb")
    write_shop(path)
    with open_knowledge(settings_for(path), embedder=WordEmbedder()) as base:
        yield base.searcher


def ids(found: Found) -> list[str]:
    return [match.postmortem.id for match in found.matches + found.weaker]


def first(found: Found) -> Match:
    return (found.matches + found.weaker)[0]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_what_is_meant(searcher: Searcher, method: str) -> None:
    chosen = next(known for known in METHODS if known == method)
    assert ids(searcher.search(Query("customers get no confirmation mail"), method=chosen))[0] == "PM-2"


def test_match_says_what_matched(searcher: Searcher) -> None:
    match = first(searcher.search(Query("mailer queue growing, no confirmation mail")))
    assert match.section == "symptoms"
    assert "mailer" in match.words
    assert any(reason.startswith("symptoms similar (0.") for reason in match.reasons)
    assert "names mailer" in match.reasons


def test_query_that_shares_no_word_is_nothing_similar(searcher: Searcher) -> None:
    assert searcher.search(Query("zebra crossing"), method="bm25") == Found()


def test_drafts_are_left_out_on_request(searcher: Searcher) -> None:
    query = Query("card payment declined, handshake failure")
    assert ids(searcher.search(query))[0] == CERTIFICATE.id
    assert CERTIFICATE.id not in ids(searcher.search(Query(query.text, confirmed_only=True)))


def test_postmortem_can_be_left_out(searcher: Searcher) -> None:
    assert "PM-2" not in ids(searcher.search(Query("confirmation mail", without=frozenset({"PM-2"}))))


def test_stronger_matches_stand_above_the_threshold(searcher: Searcher) -> None:
    found = searcher.search(Query(f"{POOL.title}. {POOL.symptoms}"), limit=3)
    assert ids(found)[0] == "PM-1"
    assert found.matches[0].postmortem.id == "PM-1"
    assert all(match.strength < found.matches[0].strength for match in found.weaker)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (Query("slow", services=frozenset({"Seats"})), "same service seats"),
        (Query("slow", dependencies=frozenset({"postgres"})), "same dependency postgres"),
        (Query("slow", fault_kinds=(FaultKind.POOL_EXHAUSTED,)), "same fault kind pool_exhausted"),
        (Query("slow", fault_kinds=(FaultKind.CPU_SATURATION,)), "same fault family resource"),
        (Query("slow seats"), "names seats"),
        (Query("slow", today=TODAY), "0 days ago"),
    ],
)
def test_each_boost_has_its_reason(query: Query, reason: str) -> None:
    boosts = Boosts(list(SHOP), half_life_days=180).of(POOL, query)
    assert [boost.reason for boost in boosts] == [reason]
    assert 0 < boosts[0].factor <= 0.3


def test_name_that_every_postmortem_has_is_worth_nothing() -> None:
    everywhere = [pm.model_copy(update={"services": ("gateway",)}) for pm in SHOP]
    assert Boosts(everywhere, 180).of(everywhere[0], Query("x", services=frozenset({"gateway"}))) == []


def test_freshness_halves_with_the_half_life() -> None:
    boosts = Boosts(list(SHOP), half_life_days=100)
    now = boosts.of(POOL, Query("x", today=TODAY))[0].factor
    later = boosts.of(POOL, Query("x", today=TODAY + dt.timedelta(days=100)))[0].factor
    assert later == pytest.approx(now / 2)


def test_proven_usefulness_counts_and_wrong_calls_take_it_back() -> None:
    boosts = Boosts(list(SHOP), 180)
    useful = POOL.model_copy(update={"useful_in": ("r1", "r2", "r2")})
    assert [b.reason for b in boosts.of(useful, Query("x"))] == ["2 times useful"]
    assert boosts.of(useful.model_copy(update={"useless_in": ("r3", "r4")}), Query("x")) == []


def test_boosts_reorder_close_calls_only(searcher: Searcher) -> None:
    plain = searcher.search(Query("confirmation mail queue"), method="fused")
    pushed = searcher.search(Query("confirmation mail queue", services=frozenset({"payment"})))
    assert ids(plain)[0] == ids(pushed)[0] == MAIL.id


@given(st.lists(st.permutations(["a", "b", "c", "d"]), min_size=1, max_size=3))
def test_what_is_first_in_every_ranking_is_first(rankings: list[list[str]]) -> None:
    scores = fuse([["z", *ranking] for ranking in rankings])
    assert max(scores, key=lambda key: scores[key]) == "z"
    assert scores["z"] == pytest.approx(len(rankings))
    assert all(0 < score <= len(rankings) for score in scores.values())


def test_fused_score_by_hand() -> None:
    scores = fuse([["a", "b"], ["b"]])
    step = (RANK_CONSTANT + 1) / (RANK_CONSTANT + 2)
    assert scores == pytest.approx({"a": 1.0, "b": step + 1.0})


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 3))
def test_strength_is_a_probability_that_rises_with_similarity(a: float, b: float, covered: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= strength(signs(low, covered, [])) <= strength(signs(high, covered, [])) <= 1


@given(st.floats(0, 1), st.floats(0, 1), st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=4))
def test_what_follows_can_only_weaken(similarity: float, covered: float, following: list[tuple[float, float]]) -> None:
    assert strength(signs(similarity, covered, following)) <= strength(signs(similarity, covered, []))


def test_alone_in_a_small_knowledge_base_is_no_lead() -> None:
    foreign = signs(BACKGROUND_SIMILARITY, BACKGROUND_COVERAGE, [])
    assert (foreign.lead_similarity, foreign.lead_coverage) == (0.0, 0.0)
    assert strength(foreign) < MIN_STRENGTH


def test_recurrences_do_not_weaken_each_other() -> None:
    assert same_pattern(POOL, POOL.model_copy(update={"id": "PM-9"}))
    assert not same_pattern(POOL, MAIL)
    unknown = POOL.model_copy(update={"fault_kind": FaultKind.UNKNOWN})
    assert not same_pattern(unknown, unknown)


def test_postmortem_without_a_kind_gets_no_boost_for_an_unknown_one() -> None:
    unknown = Postmortem(id="PM-1", title="T")
    assert Boosts([unknown], 180).of(unknown, Query("x", fault_kinds=(FaultKind.UNKNOWN,))) == []
