"""Choose the embedder that the configuration names."""

from __future__ import annotations

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.endpoint import EndpointEmbedder
from knowledge.embedding.minilm import MiniLm
from tools.config import KnowledgeSettings
from tools.errors import ConfigError


def choose_embedder(settings: KnowledgeSettings) -> Embedder:
    """Return the endpoint's embedder when one is configured, the offline model otherwise. Loads nothing yet.

    Raises:
        ConfigError: an endpoint without the name of its model.
    """
    if not settings.embeddings_url:
        return MiniLm(settings.threads)
    if not settings.embeddings_model:
        raise ConfigError("knowledge.embeddings_url is set without a model", "set knowledge.embeddings_model")
    return EndpointEmbedder(
        settings.embeddings_url, settings.embeddings_model, settings.embeddings_key.get_secret_value()
    )
