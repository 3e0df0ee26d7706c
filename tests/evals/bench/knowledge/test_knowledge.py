"""The large knowledge base of the benchmark, small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.bench.knowledge import worker
from evals.bench.knowledge.measure import knowledge_lines
from evals.bench.knowledge.texts import SECTION_WORDS, SECTIONS, Writer, sentences_of
from evals.bench.knowledge.vectors import WordMeans
from evals.bench.knowledge.worker import KnowledgeCost, measure, write
from evals.bench.measure import Run
from knowledge.embedding import Vectors
from knowledge.embedding.embedder import unit
from knowledge.index import chunks_of
from knowledge.postmortem import PostmortemFolder

SENTENCES = sentences_of(None)


class Letters:
    """A model in which texts are alike when their letters are."""

    model_id = "letters"

    def embed(self, texts: list[str]) -> Vectors:
        rows = np.zeros((len(texts), 384), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text:
                row[ord(letter) % 384] += 1
        return unit(rows + 1e-3)


def test_sentences_to_vary_are_real_ones() -> None:
    assert len(SENTENCES) > 50
    assert all(4 <= len(sentence.split()) <= 60 for sentence in SENTENCES)


def test_the_same_seed_writes_the_same_and_another_something_else() -> None:
    first, again, other = (Writer.of(SENTENCES, seed).postmortem(1) for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert all(len(first.section(name).split()) >= SECTION_WORDS for name in SECTIONS)


def test_as_many_chunks_are_written_as_wanted(tmp_path: Path) -> None:
    folder = PostmortemFolder(tmp_path / "kb")
    count = write(folder, Writer.of(SENTENCES), 30)
    assert len(list(folder.path.glob("*.md"))) == count
    assert sum(len(chunks_of(Writer.of(SENTENCES).postmortem(n))) for n in range(1, count + 1)) + 12 >= 30


def test_texts_of_the_same_words_are_near_and_names_are_scattered() -> None:
    means = WordMeans(Letters(), SENTENCES)
    known = SENTENCES[0]
    vectors = means.embed([known, f"{known}.", "zzz-1 zzz-2", "qqq-9"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert abs(vectors[2] @ vectors[3]) < 0.3
    means.exact = True
    assert np.allclose(means.embed([known]), Letters().embed([known]))


def test_a_knowledge_base_is_measured_from_files_to_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MiniLm", Letters)
    cost = measure(tmp_path / "kb", 60, None)
    assert 60 <= cost.chunks <= 90
    assert cost.reopen_s < cost.index_s
    assert 0 < cost.search_ms <= cost.search_p95_ms
    assert cost.disk_mb > 0.1


def test_the_lines_fit_80_columns() -> None:
    cost = KnowledgeCost(
        postmortems=8340,
        chunks=100_080,
        embedded_per_s=5.2,
        index_s=812.6,
        reopen_s=65.4,
        search_ms=88.1,
        search_p95_ms=161.2,
        words_ms=40.0,
        meaning_ms=42.9,
        model_ms=18.0,
        disk_mb=1252.7,
    )
    lines = knowledge_lines(cost, Run(1000.0, 900.0, 1834.0, ""))
    assert max(map(len, lines)) <= 80
    assert "search 88 ms (median), 161 ms (p95), target 100 ms" in "\n".join(lines)
    assert "1,834 MB of memory" in lines[1]
