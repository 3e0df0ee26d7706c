"""The measure itself: queries that do not give the answer away, numbers worked out by hand."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.kb.ask import Answer
from evals.kb.corpus import load_corpus, same_incident
from evals.kb.evaluate import Measure, evaluate
from evals.kb.fit import fit
from evals.kb.queries import Ask, build_queries, overlap, read_queries
from evals.kb.reword import RUN, longest_run, reword
from evals.kb.score import ALLOWED, fit_threshold, score
from evals.kb.summary import summary_json
from knowledge.postmortem import render_postmortem
from knowledge.retrieval import METHODS
from knowledge.retrieval.strength import Signs
from tests.knowledge.builders import SHOP, WordEmbedder
from tools.config import KnowledgeSettings
from tools.errors import FormatError

TEXT = (
    "Between 07:12 and 09:00 UTC on 11 Nov 2018, a subset of customers using Bookings in the North may have "
    "experienced increased latency when reserving seats. Engineers determined that the root cause was a pool. See "
    "https://status.example.org/7 for more."
)
words = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"]), max_size=30)


def answer(rank: int | None, sure: float = 0.9, hidden: float = 0.1) -> Answer:
    return Answer(
        rank=rank,
        best=Signs(sure, sure, sure, sure),
        hidden=Signs(hidden, hidden, hidden, hidden),
        sure=sure,
        hidden_sure=hidden,
        shown=sure >= 0.5,
        hidden_shown=hidden >= 0.5,
        seconds=0.002,
    )


def ask(name: str, right: str | None) -> Ask:
    return Ask(name, frozenset() if right is None else frozenset({right}))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus"
    path.mkdir()
    for postmortem in SHOP:
        (path / f"{postmortem.services[0]}.md").write_text(render_postmortem(postmortem))
    return path


def test_query_holds_symptoms_without_times_cause_and_boilerplate() -> None:
    query = reword(TEXT, "")
    assert query.startswith("Bookings")
    assert "slow responses" in query
    for told in ("07:12", "Nov", "2018", "pool", "root", "http", "customers"):
        assert told not in query


@given(words, words)
def test_query_never_shares_a_run_with_its_target(text: list[str], target: list[str]) -> None:
    assert longest_run(reword(" ".join(text), " ".join(target)), " ".join(target)) < RUN


@pytest.mark.parametrize(
    ("query", "target", "length"),
    [("a b c", "x A, b! c y", 3), ("a b c", "c b a", 1), ("ab", "abc", 0), ("", "a", 0), ("a b x b c", "b c", 2)],
)
def test_longest_run_is_counted_in_words(query: str, target: str, length: int) -> None:
    assert longest_run(query, target) == length


def test_documents_are_known_by_path_stem_and_id(corpus: Path) -> None:
    documents = load_corpus(corpus)
    assert [document.names for document in documents][1] == ("payment.md", "payment", "PM-3")


def test_two_reports_of_one_incident_are_equally_right(corpus: Path) -> None:
    (corpus / "twin.md").write_text((corpus / "seats.md").read_text().replace("PM-1", "PM-9"))
    same = same_incident(load_corpus(corpus))
    assert sorted(len(group) for group in same.values()) == [1, 1, 2, 2]


def test_one_query_a_document_is_built(corpus: Path) -> None:
    documents = load_corpus(corpus)
    asks = build_queries(documents)
    assert [sorted(item.right) for item in asks] == [["D1"], ["D2"], ["D3"]]
    shared = overlap(asks, documents)
    assert shared["longest_run"] < RUN
    assert 0 < shared["shared_words"] <= 1


def test_query_file_names_one_several_or_no_target(corpus: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    rows = [("a", "seats.md"), ("b", ["PM-2", "payment"]), ("c", None)]
    file.write_text("\n".join(json.dumps({"query": text, "target": target}) for text, target in rows) + "\n\n")
    asks = read_queries(file, load_corpus(corpus))
    assert [sorted(item.right) for item in asks] == [["D3"], ["D1", "D2"], []]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ('{"query": "a"}', "q.jsonl:1 is not a query"),
        ("nonsense", "q.jsonl:1 is not a query"),
        ('{"query": "a", "target": "gone.md"}', "names 'gone.md', which is not in the corpus"),
        ("", "holds no query"),
    ],
)
def test_wrong_query_file_is_refused_by_line(corpus: Path, tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(content)
    with pytest.raises(FormatError, match=problem):
        read_queries(file, load_corpus(corpus))


def test_hits_and_reciprocal_rank_by_hand() -> None:
    asks = [ask("a", "D1"), ask("b", "D2"), ask("c", "D3"), ask("d", "D4")]
    numbers = score(asks, [answer(1), answer(2), answer(10), answer(None)], shipped=True)
    assert (numbers.n, numbers.hit1, numbers.hit5) == (4, 0.25, 0.5)
    assert numbers.mrr == pytest.approx((1 + 0.5 + 0.1) / 4)
    assert numbers.ms == pytest.approx(2.0)


def test_novel_queries_of_a_file_count_for_false_recall_only() -> None:
    asks = [ask("a", "D1"), ask("b", None), ask("c", None)]
    numbers = score(asks, [answer(1), answer(None, sure=0.9), answer(None, sure=0.2)], shipped=True)
    assert (numbers.n, numbers.hit1) == (1, 1.0)
    assert (numbers.shipped_false_recall, numbers.shipped_answered) == (0.5, 1.0)
    assert (numbers.false_recall, numbers.answered) == (1.0, 1.0)


def test_without_a_threshold_each_incident_is_judged_by_the_others() -> None:
    asks = [ask(f"q{n}", f"D{n}") for n in range(50)]
    numbers = score(asks, [answer(1) for _ in asks], shipped=False)
    assert (numbers.false_recall, numbers.answered) == (0.0, 1.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_threshold_lets_no_more_through_than_allowed(values: list[float]) -> None:
    novel = np.array(values)
    threshold = fit_threshold(novel)
    assert np.mean(novel >= threshold) <= ALLOWED


def test_fitted_numbers_part_right_from_hidden() -> None:
    asks = [ask(f"q{n}", f"D{n}") for n in range(40)]
    answers = [answer(1, sure=0.6 + n / 100, hidden=0.3 - n / 200) for n in range(40)]
    fitted = fit([Measure("reworded", {}, {}, asks, {"fused": answers})])
    assert all(weight > 0 for weight in fitted.weights)
    assert 0 < fitted.min_strength < 1


def test_whole_measure_on_a_small_corpus(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = WordEmbedder()
    monkeypatch.setattr("evals.kb.evaluate.choose_embedder", lambda settings: embedder)
    cache = tmp_path / "vectors.sqlite"
    summary = summary_json(evaluate(corpus, None, KnowledgeSettings(), cache))
    methods = summary["methods"]
    assert isinstance(methods, dict)
    assert set(methods) == set(METHODS)
    assert methods["bm25"]["hit1"] == 1.0
    assert {"n", "hit1", "hit5", "mrr", "false_recall", "ms"} <= set(methods["boosted"])
    assert "left_out" in summary
    before = len(embedder.embedded)
    evaluate(corpus, None, KnowledgeSettings(), cache)
    assert len(embedder.embedded) == before
