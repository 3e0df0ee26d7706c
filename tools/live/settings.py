"""Settings of live backends: the section `sources` of whydown.toml."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator


class BackendSettings(BaseModel):
    """One backend. Secrets are named, never written: an environment variable or a file holds them.

    Fields beyond these belong to the kind, whose module checks them when the backend is opened.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    kind: str = Field(description="which product: prometheus, jaeger, loki, git and so on")
    url: str = Field(default="", description="base address; a path prefix is kept")
    name: str = Field(default="", description="how reports call it; default kind and host")
    username: str = Field(default="", description="user of basic authentication")
    password_env: str = Field(default="", description="environment variable that holds the password")
    password_file: Path | None = Field(default=None, description="file that holds the password")
    token_env: str = Field(default="", description="environment variable that holds a bearer token")
    token_file: Path | None = Field(default=None, description="file that holds a bearer token")
    tenant: str = Field(default="", description="tenant of a shared backend")
    tenant_header: str = Field(default="X-Scope-OrgID", description="header that names the tenant")
    ca_file: Path | None = Field(default=None, description="certificate authorities to trust instead of the usual ones")
    cert_file: Path | None = Field(default=None, description="client certificate (mTLS)")
    key_file: Path | None = Field(default=None, description="key of the client certificate")
    timeout_seconds: float = Field(default=15.0, gt=0, description="one request, from sending to the last byte")
    tries: int = Field(default=3, ge=1, le=10, description="how often a request is sent before it counts as failed")
    concurrency: int = Field(default=4, ge=1, le=64, description="requests at the same time")
    max_bytes: int = Field(default=64 * 2**20, ge=1024, description="longest answer that is read")
    services: dict[str, str] = Field(
        default_factory=dict, description="what the backend calls a service → its name in traces and reports"
    )

    @field_validator("url")
    @classmethod
    def _plain_address(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("give an address such as http://host:9090")
        if "@" in parts.netloc:
            raise ValueError("no user or password in the address: use username with password_env or password_file")
        if parts.query or parts.fragment:
            raise ValueError("an address has neither ? nor #")
        return url.rstrip("/")

    @property
    def label(self) -> str:
        """Return how reports call the backend."""
        return self.name or " ".join(part for part in (self.kind, urlsplit(self.url).netloc) if part)


class SourcesSettings(BaseModel):
    """Live backends by signal. Several of one signal are read as one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget_seconds: float = Field(
        default=60.0, gt=0, description="seconds an investigation waits for backends in all; then it goes on without"
    )
    baseline_seconds: float = Field(
        default=3600.0, gt=0, description="length of the baseline before the incident, where none is given"
    )
    traces: tuple[BackendSettings, ...] = Field(default=(), description="backends of spans")
    logs: tuple[BackendSettings, ...] = Field(default=(), description="backends of log lines")
    metrics: tuple[BackendSettings, ...] = Field(default=(), description="backends of metrics")
    changes: tuple[BackendSettings, ...] = Field(default=(), description="where deploys, commits and events are noted")
    alerts: tuple[BackendSettings, ...] = Field(default=(), description="where alerts are taken from")

    def of(self, signal: str) -> tuple[BackendSettings, ...]:
        """Return the backends of traces, logs, metrics, changes or alerts."""
        found: tuple[BackendSettings, ...] = getattr(self, signal)
        return found
