"""Table of all settings: their values now, and how to set them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from agent.show.table import Column, Table, make, text
from tools.config import Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting by its path in whydown.toml, such as `store.threads`."""

    path: tuple[str, ...]
    value: str
    description: str

    @property
    def environment(self) -> str:
        """Return the environment variable that sets it."""
        return "WHYDOWN_" + "__".join(self.path).upper()


_COLUMNS: list[Column[Setting]] = [
    text("setting", lambda s: ".".join(s.path), whole=True),
    text("value", lambda s: s.value),
    text("meaning", lambda s: s.description),
    text("environment", lambda s: s.environment, rank=2, whole=True),
]


def settings_table(settings: Settings) -> Table:
    """Return one row a setting; secrets are shown as asterisks."""
    rows = list(_flat(settings, ()))
    notes = ["set it in whydown.toml, or as an environment variable: WHYDOWN_STORE__THREADS=4"]
    return make("config", "settings", _COLUMNS, rows, notes=notes)


def _flat(section: BaseModel, path: tuple[str, ...]) -> Iterator[Setting]:
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _flat(value, (*path, name))
        else:
            yield Setting((*path, name), "" if value is None else str(value), field.description or "")
