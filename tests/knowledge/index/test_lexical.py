"""BM25: stems, rarity, and an index on disk that is never out of date."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.index import Chunk, LexicalIndex, chunks_of
from tests.knowledge.builders import SHOP

CHUNKS = [chunk for postmortem in SHOP for chunk in chunks_of(postmortem)]


def best(index: LexicalIndex, query: str) -> str:
    return CHUNKS[int(np.argmax(index.scores(query)))].postmortem_id


@pytest.mark.parametrize(
    ("query", "expected"),
    [("acquiring connections timed out", "PM-1"), ("queues grow", "PM-2"), ("certificates expire", "PM-3")],
)
def test_other_forms_of_a_word_match(query: str, expected: str) -> None:
    assert best(LexicalIndex.build(CHUNKS), query) == expected


def test_query_without_a_known_word_scores_nothing() -> None:
    assert not LexicalIndex.build(CHUNKS).scores("zebra the of").any()
    assert not LexicalIndex.build(CHUNKS).scores("").any()


def test_rare_words_weigh_more() -> None:
    index = LexicalIndex.build(CHUNKS)
    weights = index.weights("pool service zebra")
    assert weights["zebra"] > weights["pool"] > 0


def test_common_words_are_told_as_they_were_written() -> None:
    index = LexicalIndex.build(CHUNKS)
    assert set(index.common("Queues are growing fast", CHUNKS[4].text)) == {"queues", "growing"}


def test_index_is_loaded_from_disk_and_gives_the_same_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = LexicalIndex.open(tmp_path / "lexical", CHUNKS)
    monkeypatch.setattr(LexicalIndex, "build", lambda chunks: pytest.fail("built again"))
    second = LexicalIndex.open(tmp_path / "lexical", CHUNKS)
    assert np.allclose(first.scores("mail queue"), second.scores("mail queue"))


def test_changed_chunks_are_indexed_anew(tmp_path: Path) -> None:
    LexicalIndex.open(tmp_path / "lexical", CHUNKS)
    changed = [*CHUNKS, Chunk("x", "PM-9", "symptoms", "zebra crossing", embedded=True)]
    assert LexicalIndex.open(tmp_path / "lexical", changed).scores("zebra")[-1] > 0


def test_half_written_index_is_made_anew(tmp_path: Path) -> None:
    LexicalIndex.open(tmp_path / "lexical", CHUNKS)
    (tmp_path / "lexical" / "state.json").write_text('{"finge')
    assert best(LexicalIndex.open(tmp_path / "lexical", CHUNKS), "mail") == "PM-2"


def test_chunk_without_any_word_is_harmless() -> None:
    index = LexicalIndex.build([Chunk("a", "PM-1", "symptoms", "!!!", embedded=True), *CHUNKS])
    assert index.scores("mail")[0] == 0
