"""Playbooks: for each fault kind the checks that discriminate and the remedies that apply."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from tools.faults.kinds import FaultKind


class Playbook(BaseModel):
    """What to look at next and what to do about one kind of fault.

    Texts may hold `{component}`, `{operation}` and `{peer}`, filled in by the report.
    """

    model_config = ConfigDict(frozen=True)

    mechanism: str
    checks: tuple[str, ...]
    remedies: tuple[str, ...]


@cache
def playbook(kind: FaultKind) -> Playbook:
    """Return the playbook of a fault kind; every kind has one."""
    return Playbook.model_validate(_tables()[kind.value])


@cache
def _tables() -> dict[str, dict[str, object]]:
    text = (files("tools.faults") / "playbooks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
