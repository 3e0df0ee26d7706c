"""What a process is told: once at its start (`InstanceFile`) and while it runs (`Live` settings)."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

logger = logging.getLogger("shop.settings")
RELOAD_SECONDS = 0.25


class InstanceFile(BaseModel):
    """One process: who it is and where the others are. `peers` maps a service to the ports of its instances."""

    model_config = ConfigDict(frozen=True)

    service: str
    instance: str
    version: str
    owner: str = ""
    port: int
    folder: Path
    otlp_endpoint: str = ""
    peers: dict[str, list[int]] = Field(default_factory=dict)
    postgres_port: int = 0
    redis_port: int = 0

    def config_path(self) -> Path:
        """Return the file with the service's live settings."""
        return self.folder / "config" / f"{self.service}.json"

    def clock_path(self) -> Path:
        """Return the file with the seconds by which the clock of this instance's host is ahead."""
        return self.folder / "config" / f"{self.instance}.clock"

    def data_folder(self) -> Path:
        """Return the folder this instance may write to."""
        return self.folder / "data" / self.instance


class Settings(BaseModel):
    """Settings every service has; durations in seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    revision: int = 1
    log_level: str = "INFO"
    database_password: str = ""
    database_pool_size: int = 8
    database_timeout: float = 5.0
    redis_timeout: float = 2.0
    http_timeout: float = 3.0
    http_pool_size: int = 20


S = TypeVar("S", bound=Settings)


class Live(Generic[S]):
    """Settings that follow their file: a new revision takes effect without a restart.

    Args:
        model: the service's settings model.
        path: the JSON file; a missing one means defaults.
    """

    def __init__(self, model: type[S], path: Path) -> None:
        self._model = model
        self._path = path
        self._stamp = 0
        self.now = model()
        self.refresh()

    def refresh(self) -> bool:
        """Read the file if it changed and tell whether other values are in effect now."""
        stamp = self._path.stat().st_mtime_ns if self._path.exists() else 0
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            read = self._model.model_validate(json.loads(self._path.read_text(encoding="utf-8")))
        except (ValidationError, json.JSONDecodeError):
            logger.exception("configuration is not valid, keeping revision %s", self.now.revision)
            return False
        changed = read != self.now
        self.now = read
        return changed

    async def follow(self) -> None:
        """Keep reading until cancelled."""
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            if self.refresh():
                logging.getLogger().setLevel(self.now.log_level)
                logger.info("configuration reloaded, revision %s", self.now.revision)
