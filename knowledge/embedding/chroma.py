"""An embedder as Chroma's EmbeddingFunction. Importing this module imports Chroma (about two seconds)."""

from __future__ import annotations

from typing import Any, cast

from chromadb import Documents, EmbeddingFunction, Embeddings
from chromadb.utils.embedding_functions import register_embedding_function

from knowledge.embedding.embedder import Embedder, Vectors
from knowledge.embedding.minilm import MODEL_ID, MiniLm
from tools.errors import KnowledgeError


class _Elsewhere:
    """Stands for the model of an endpoint, whose address and key only whydown's configuration knows."""

    def __init__(self, model_id: str) -> None:
        self.model_id = model_id

    def embed(self, texts: list[str]) -> Vectors:
        """Refuse."""
        raise KnowledgeError(f"vectors of {self.model_id!r} need their endpoint", "open the collection with whydown")


@register_embedding_function
class WhydownEmbedding(EmbeddingFunction[Documents]):
    """Wraps an embedder. The model's id is part of the stored configuration and of the collection's name."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, input: Documents) -> Embeddings:
        """Return one vector a document."""
        return cast(Embeddings, list(self._embedder.embed(list(input))))

    @staticmethod
    def name() -> str:
        """Return the name that Chroma stores."""
        return "whydown"

    def get_config(self) -> dict[str, Any]:
        """Return what Chroma stores beside the name."""
        return {"model_id": self._embedder.model_id}

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> EmbeddingFunction[Documents]:
        """Rebuild the function when another program opens the collection: complete for the offline model only."""
        model_id = str(config.get("model_id"))
        return WhydownEmbedding(MiniLm() if model_id == MODEL_ID else _Elsewhere(model_id))

    def default_space(self) -> Any:
        """Return the distance: one minus the cosine."""
        return "cosine"
