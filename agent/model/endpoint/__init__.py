"""A language model behind any OpenAI-compatible endpoint."""

from agent.model.endpoint.chat import EndpointModel

__all__ = ["EndpointModel"]
