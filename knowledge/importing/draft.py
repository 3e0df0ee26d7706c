"""Put what was recognised into a draft."""

from __future__ import annotations

import re

from knowledge.importing.values import as_fault_kind, as_names, find_date, leaves
from knowledge.postmortem import Postmortem, Provenance
from knowledge.postmortem.schema import ID_PATTERN


def make_draft(parts: dict[str, object], source: str) -> Postmortem:
    """Return a draft from raw values by field; missing ones stay empty, the title falls back on the source."""
    texts = {name: _text(parts.get(name)) for name in ("symptoms", "root_cause", "resolution", "validation", "notes")}
    title = _text(parts.get("title")) or re.sub(r"\.\w+$", "", source.rpartition("/")[2])
    given = _text(parts.get("id"))
    dates = [_text(parts.get("date")), source, title, texts["symptoms"][:500], texts["notes"][:500]]
    return Postmortem(
        id=given if re.match(ID_PATTERN, given) else make_id(given or title),
        title=title[:200],
        date=next((day for text in dates if (day := find_date(text))), None),
        services=as_names(parts.get("services")),
        dependencies=as_names(parts.get("dependencies")),
        fault_kind=as_fault_kind(parts.get("fault_kind")),
        severity=_text(parts.get("severity"))[:60],
        owner=_text(parts.get("owner"))[:120],
        links=as_names(parts.get("links")),
        provenance=Provenance(source=source),
        **texts,
    )


def make_id(text: str) -> str:
    """Return an id made of the letters and digits of a text."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text.encode("ascii", "ignore").decode()).strip("-")[:60].strip("-") or "import"


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().strip()
    return ", ".join(leaves(value)).encode("utf-8", "replace").decode()
