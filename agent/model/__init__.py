"""The language model: messages, the client, what it may cost."""

from agent.model.budget import Budget, Limits
from agent.model.client import ChatModel, ChatRequest, OnText, model_from
from agent.model.messages import Completion, Finish, Message, Role, ToolCall, ToolSpec, Usage

__all__ = [
    "Budget",
    "ChatModel",
    "ChatRequest",
    "Completion",
    "Finish",
    "Limits",
    "Message",
    "OnText",
    "Role",
    "ToolCall",
    "ToolSpec",
    "Usage",
    "model_from",
]
