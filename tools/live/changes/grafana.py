"""Annotations that people and pipelines leave in Grafana.

See https://grafana.com/docs/grafana/latest/developers/http_api/annotations/. Times are Unix milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from tools.errors import SourceError
from tools.live.changes.source import HttpChanges, short
from tools.live.http import Ask, Param
from tools.live.opening import Options
from tools.sources.rows import ChangeRow
from tools.window import TimeWindow

LIMIT = 500
MS = 1_000_000
"""Nanoseconds in a millisecond."""
KINDS = {
    "deploy": "deploy",
    "deployment": "deploy",
    "release": "deploy",
    "rollback": "deploy",
    "config": "config",
    "flag": "flag",
    "feature-flag": "flag",
}
"""Tag → kind of change; an annotation with none of these is a note."""


class GrafanaOptions(Options):
    """Settings of annotations."""

    tags: tuple[str, ...] = Field(default=(), description="only annotations that have all these tags")


class GrafanaChanges(HttpChanges):
    """Annotations; a tag `service:NAME`, or one that the mapping `services` knows, tells whom they are about."""

    def read(self, window: TimeWindow) -> list[ChangeRow]:
        """Return the annotations of a window; alerts are none.

        Raises:
            SourceError: Grafana does not answer.
        """
        options = self._opening.options(GrafanaOptions)
        params: dict[str, Param] = {"from": window.start_ns // MS, "to": window.end_ns // MS}
        params |= {"type": "annotation", "limit": LIMIT, "tags": list(options.tags)}
        found = self._reader.ask(Ask("/api/annotations", params)).json()
        if not isinstance(found, list):
            raise SourceError(f"{self.name} does not answer as Grafana does", "is its url right?")
        if len(found) >= LIMIT:
            self.note(f"{self.name} has more than {LIMIT} annotations in the window; the rest is left out")
        return [self._row(item) for item in found]

    def _row(self, item: Mapping[str, Any]) -> ChangeRow:
        tags = [str(tag) for tag in item.get("tags") or []]
        when, text = item.get("time"), short(item.get("text"))
        if not isinstance(when, int):
            raise SourceError(f"{self.name} has an annotation without a time", "its form is not known")
        kind = next((KINDS[tag.lower()] for tag in tags if tag.lower() in KINDS), "note")
        author = str(item.get("login") or item.get("userName") or "")
        return ChangeRow(when * MS, kind, self._service(tags), author, f"annotation {item.get('id', '')}".strip(), text)

    def _service(self, tags: Sequence[str]) -> str:
        named = [tag.partition(":")[2] for tag in tags if tag.startswith("service:")]
        known = [tag for tag in tags if tag in self._opening.settings.services]
        return self.renamed((named or known or [""])[0])
