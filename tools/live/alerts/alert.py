"""One alert, as Alertmanager's API and its webhook describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tools.errors import FormatError
from tools.incident.json_file import read_json
from tools.live.metrics.conventions import Conventions
from tools.window import to_ns

TEXT_LIMIT = 500
"""Characters of an annotation that are kept."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What fired, about whom, since when; `ended_ns` is None while it fires. Times are Unix nanoseconds.

    `origin` is the address of its graph. An alert starts when its condition has held for as long as its rule says,
    or with `dated_from_condition` when it was met.
    """

    fingerprint: str
    name: str
    service: str
    summary: str
    started_ns: int
    ended_ns: int | None
    labels: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    dated_from_condition: bool = False

    @property
    def symptom(self) -> str:
        """Return what was seen, in one sentence."""
        whom = f" on {self.service}" if self.service else ""
        return f"alert {self.name}{whom}" + (f": {self.summary}" if self.summary else "")


class _Raw(BaseModel):
    """The fields that API v2, the webhook and Prometheus' own list share, by whichever name."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    fingerprint: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
    started: AwareDatetime = Field(alias="startsAt")
    ended: AwareDatetime | None = Field(default=None, alias="endsAt")
    origin: str = Field(default="", alias="generatorURL")


class _Payload(BaseModel):
    """What Alertmanager posts to a webhook, version 4."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    alerts: list[dict[str, Any]]


def parse_alert(raw: Mapping[str, Any], now_ns: int) -> Alert:
    """Return an alert from its JSON; an end in the future is only when Alertmanager would give up on it.

    Raises:
        FormatError: a field is missing or has the wrong type.
    """
    try:
        read = _Raw.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FormatError(f"an alert has no usable {where or 'content'}", str(first["msg"])) from error
    ended = to_ns(read.ended) if read.ended is not None and read.ended.year > 1 else None
    said = read.annotations
    summary = said.get("summary") or said.get("description") or said.get("message") or ""
    return Alert(
        fingerprint=read.fingerprint,
        name=read.labels.get("alertname", "without a name"),
        service=Conventions().service_of("", read.labels),
        summary=" ".join(summary.split())[:TEXT_LIMIT],
        started_ns=to_ns(read.started),
        ended_ns=ended if ended is not None and ended <= now_ns else None,
        labels=read.labels,
        origin=read.origin,
    )


def read_payload(file: Path, now_ns: int) -> list[Alert]:
    """Read what Alertmanager posted to a webhook.

    Raises:
        FormatError: the file is no such payload, or holds no alert.
    """
    payload = read_json(file, TypeAdapter(_Payload), "a webhook payload of Alertmanager")
    if not payload.alerts:
        raise FormatError(f"{file} holds no alert", "give what Alertmanager posts to a webhook")
    return [parse_alert(raw, now_ns) for raw in payload.alerts]
