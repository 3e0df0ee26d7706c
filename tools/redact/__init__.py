"""Redaction: what leaves the machine holds no secret. Every exit calls this."""

from tools.redact.text import Redacted, redact
from tools.redact.values import redact_document, redact_json, redact_model

__all__ = ["Redacted", "redact", "redact_document", "redact_json", "redact_model"]
