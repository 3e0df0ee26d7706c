"""What the SDK raises, in the terms of our exception tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.config import ModelSettings
from tools.errors import (
    ModelAccessError,
    ModelError,
    ModelOverflowError,
    ModelRateLimitError,
    ModelRefusedError,
    ModelTimeoutError,
    ModelUnreachableError,
)

if TYPE_CHECKING:
    import httpx2
    import openai

_OVERFLOW = ("context_length_exceeded", "exceed_context_size", "context size", "context length", "maximum context")
"""How servers call a prompt that is too long, in a code, a type or a message."""
_LIMITED = ("429", "rate_limit", "rate limit", "too many requests", "overloaded")
"""How servers say in mid-answer that they limit the rate."""


def as_model_error(error: openai.OpenAIError | httpx2.HTTPError, settings: ModelSettings) -> ModelError:
    """Return the failure of a call as one of ours, with what to do about it."""
    import httpx2
    import openai

    where = f"the model endpoint {settings.url}"
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return ModelTimeoutError(f"{where} took too long", "raise model.timeout or choose a faster model")
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
        return ModelUnreachableError(f"{where} cannot be reached", "is it running, and is model.url right?")
    if isinstance(error, openai.APIStatusError):
        return _refusal(error, where, settings.model)
    if type(error) is openai.APIError:  # in the middle of a stream, where there is no status
        return _broken_off(error, where)
    return ModelError(f"{where} answers nonsense", _first_line(error))


def _refusal(error: openai.APIStatusError, where: str, model: str) -> ModelError:
    said = _first_line(error)
    if error.status_code in {401, 403}:
        return ModelAccessError(f"{where} refuses the key", "set WHYDOWN_MODEL__KEY")
    if error.status_code == 429:
        return ModelRateLimitError(f"{where} limits the rate", "wait, or raise model.retries")
    if any(sign in f"{error.code} {error.type} {said}".casefold() for sign in _OVERFLOW):
        return ModelOverflowError(f"the prompt is too long for {model}", "lower model.prompt_tokens")
    if error.status_code == 404:
        return ModelRefusedError(f"{where} does not know the model {model!r}", said)
    if error.status_code >= 500:
        return ModelUnreachableError(f"{where} fails with status {error.status_code}", said)
    return ModelRefusedError(f"{where} refuses the request", said)


def _broken_off(error: openai.APIError, where: str) -> ModelError:
    if any(sign in f"{error.code} {error.type} {error}".casefold() for sign in _LIMITED):
        return ModelRateLimitError(f"{where} limits the rate in mid-answer", "wait, and ask again")
    return ModelUnreachableError(f"{where} broke off its answer", _first_line(error))


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:200] if text else type(error).__name__
