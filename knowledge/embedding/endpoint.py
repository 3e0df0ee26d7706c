"""Any OpenAI-compatible embeddings endpoint."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from knowledge.embedding.embedder import Vectors, unit
from tools.errors import KnowledgeError
from tools.redact import redact

_BATCH = 64
"""Texts a request: well below the limits of common servers."""
_SECONDS = 60.0


class EndpointEmbedder:
    """Asks an endpoint, in batches."""

    def __init__(self, url: str, model: str, key: str) -> None:
        self._url = url
        self._model = model
        self._key = key

    @property
    def model_id(self) -> str:
        """Return the name that the endpoint knows the model by."""
        return self._model

    def embed(self, texts: list[str]) -> Vectors:
        """Return one unit vector a text; secrets are not sent.

        Raises:
            KnowledgeError: the endpoint refuses, is too slow, or gives another number of vectors.
        """
        texts = [redact(text).text for text in texts]
        batches = [self._ask(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return unit(np.vstack(batches)) if batches else np.zeros((0, 0), dtype=np.float32)

    def _ask(self, texts: list[str]) -> Vectors:
        import openai

        try:
            answer = self._client.embeddings.create(model=self._model, input=texts, encoding_format="float")
        except openai.OpenAIError as error:
            problem = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise KnowledgeError(f"the embeddings endpoint {self._url} does not answer", problem[:200]) from error
        rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        if len(rows) != len(texts) or len({len(row) for row in rows}) != 1:
            raise KnowledgeError(f"the embeddings endpoint {self._url} answers nonsense", "check the model's name")
        return np.asarray(rows, dtype=np.float32)

    @cached_property
    def _client(self) -> Any:
        import openai

        return openai.OpenAI(base_url=self._url, api_key=self._key or "none", timeout=_SECONDS, max_retries=2)
