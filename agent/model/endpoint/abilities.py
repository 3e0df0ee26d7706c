"""What a model at an endpoint can do: found out once, then remembered in a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from agent.runs.folder import write_atomically


class Abilities(BaseModel):
    """What is known of a model. None means not found out yet.

    `without` names parameters of a request that the endpoint refuses.
    """

    model_config = ConfigDict(frozen=True)

    tools: bool | None = None
    json_schema: bool | None = None
    without: tuple[str, ...] = ()


_FILE: TypeAdapter[dict[str, Abilities]] = TypeAdapter(dict[str, Abilities])


class Memory:
    """The abilities of one model, read from the file that all models share and written back with every change."""

    def __init__(self, file: Path, url: str, model: str) -> None:
        self._file = file
        self._key = f"{url} {model}"
        self.known = self._read().get(self._key, Abilities())

    def learn(self, **found: object) -> None:
        """Remember something; a file that cannot be written costs the next run another question, nothing else."""
        self.known = self.known.model_copy(update=found)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            everything = {**self._read(), self._key: self.known}
            write_atomically(self._file, _FILE.dump_json(everything, indent=1).decode())
        except OSError:
            return

    def forget(self) -> None:
        """Begin anew, so that everything is found out again."""
        self.learn(**Abilities().model_dump())

    def _read(self) -> dict[str, Abilities]:
        try:
            return _FILE.validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            return {}
