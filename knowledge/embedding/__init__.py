"""Texts to vectors: a small model that needs no network, or any OpenAI-compatible endpoint."""

from knowledge.embedding.embedder import Embedder, Vectors
from knowledge.embedding.select import choose_embedder

__all__ = ["Embedder", "Vectors", "choose_embedder"]
