"""The schema of a postmortem. Field names are the keys of the front matter; texts are the sections below it."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from knowledge.postmortem.sections import SECTIONS, contained
from tools.faults import FaultKind

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._#+-]{0,79}$"


class Status(StrEnum):
    """How far a postmortem can be relied on."""

    DRAFT = "draft"
    """Written or imported, not yet checked by a person: found by search, never used as a prior."""
    CONFIRMED = "confirmed"
    """A person vouches for it."""
    SUPERSEDED = "superseded"
    """Replaced by another one; kept for history, no longer found."""


def _as_line(value: object) -> object:
    """Bring a value onto one line: YAML reads some Unicode line ends back as blanks."""
    if not isinstance(value, str):
        return value
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in value).split())


def _as_list(value: object) -> object:
    """Accept `payment, cart` for `[payment, cart]`, and nothing for an empty list."""
    if value is None:
        return ()
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _as_date(value: object) -> object:
    """Cut a moment down to its UTC day."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).date() if value.tzinfo else value.date()
    return value


Line = Annotated[str, BeforeValidator(_as_line)]
Names = Annotated[tuple[Line, ...], BeforeValidator(_as_list)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Provenance(_Strict):
    """Where the knowledge comes from."""

    run: Line = Field(default="", description="id of the investigation it was drafted from")
    source: Line = Field(default="", description="file it was imported from")
    confirmed_by: Line = ""
    confirmed_at: AwareDatetime | None = None
    evidence: Names = Field(default=(), description="what the run had found, one sentence each")


class Postmortem(_Strict):
    """One past incident and how it was resolved.

    `useful_in` and `useless_in` hold ids of runs in which a person confirmed a cause after this
    postmortem had been recalled: the count of distinct runs is the confirmed usefulness.
    """

    id: str = Field(pattern=ID_PATTERN)
    title: Line = Field(min_length=1)
    date: Annotated[dt.date | None, BeforeValidator(_as_date)] = Field(default=None, description="UTC day it began")
    status: Status = Status.DRAFT
    services: Names = Field(default=(), description="services at fault or affected, the faulty one first")
    dependencies: Names = Field(default=(), description="stores, queues and foreign services involved")
    fault_kind: FaultKind = FaultKind.UNKNOWN
    severity: Line = ""
    owner: Line = ""
    links: Names = ()
    recurs_from: Names = Field(default=(), description="ids of earlier postmortems of the same pattern")
    superseded_by: Line = ""
    useful_in: Names = ()
    useless_in: Names = ()
    provenance: Provenance = Provenance()

    symptoms: str = ""
    root_cause: str = ""
    resolution: str = ""
    validation: str = Field(default="", description="how it was checked that the resolution holds")
    notes: str = Field(default="", description="everything else, with its own headings")

    @field_validator(*SECTIONS, "notes")
    @classmethod
    def _inside_its_section(cls, text: str, info: object) -> str:
        keeps_headings = getattr(info, "field_name", "") == "notes"
        return contained(text, keeps_headings=keeps_headings)

    @property
    def usefulness(self) -> int:
        """Return in how many runs this postmortem pointed the right way, less the wrong ones, never below 0."""
        return max(0, len(set(self.useful_in)) - len(set(self.useless_in)))

    def section(self, name: str) -> str:
        """Return the text of a section: symptoms, root_cause, resolution, validation or notes."""
        text: str = getattr(self, name)
        return text


FRONT_MATTER = tuple(name for name in Postmortem.model_fields if name not in {*SECTIONS, "notes"})
"""Keys of the front matter in the order in which they are written."""
