"""What a backend's module is given when it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.errors import ConfigError
from tools.live.budget import Budget
from tools.live.settings import BackendSettings
from tools.window import TimeWindow


class Options(BaseModel):
    """Base of the settings that only one kind of backend has."""

    model_config = ConfigDict(frozen=True, extra="forbid")


OptionsT = TypeVar("OptionsT", bound=Options)


@dataclass(frozen=True, slots=True)
class Opening:
    """One backend, and how far an investigation looks.

    Args:
        settings: of this backend.
        signal: traces, logs, metrics or changes.
        horizon: all windows that will be asked about, from the earliest baseline to the end of the incident.
        budget: shared by all backends.
        origin: the settings file, which the commands that evidence cites name.
    """

    settings: BackendSettings
    signal: str
    horizon: TimeWindow
    budget: Budget
    origin: Path

    def options(self, model: type[OptionsT]) -> OptionsT:
        """Return the settings that only this kind has.

        Raises:
            ConfigError: one is unknown or wrong.
        """
        try:
            return model.model_validate(self.settings.model_extra or {})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            known = ", ".join(sorted(model.model_fields)) or "none"
            raise ConfigError(
                f"setting {where!r} of the source {self.settings.label} is wrong",
                f"{first['msg']}; settings of its own: {known}",
            ) from error
