"""What questions have found: evidence beside that of the investigation, in `looked.jsonl` of the run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from agent.chat.lines import append_line, read_lines
from tools.evidence import Evidence
from tools.redact import redact_model

NAME = "looked.jsonl"


class Looked:
    """Evidence Q1, Q2, … in the order in which it was found. Kept with the run that it was found in."""

    def __init__(self, run: Path | None = None, earlier: Iterable[Evidence] = ()) -> None:
        self._path = run / NAME if run else None
        own = read_lines(self._path, Evidence) if self._path else []
        ids = {item.id for item in own}
        self.items: list[Evidence] = [*(item for item in earlier if item.id not in ids), *own]

    def find(self, evidence_id: str) -> Evidence | None:
        """Return the evidence with an id, None when there is none."""
        return next((item for item in self.items if item.id == evidence_id), None)

    def add(self, found: Iterable[Evidence]) -> None:
        """Keep what a question has found.

        Raises:
            RunError: it cannot be written.
        """
        for item in map(redact_model, found):
            self.items.append(item)
            if self._path is not None:
                append_line(self._path, item.model_dump_json())

    def moved_to(self, run: Path) -> Looked:
        """Return what is known when another run of the same conversation begins: earlier answers cite it."""
        return Looked(run, self.items)
