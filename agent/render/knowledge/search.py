"""Search results and single postmortems."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.text import Text

from agent.render.clean import clean
from agent.render.words import percent
from knowledge.postmortem import Postmortem
from knowledge.postmortem.sections import HEADINGS
from knowledge.retrieval import Found, Match


def found_view(found: Found) -> RenderableType:
    """Return matches with why they matched; below the threshold only what comes nearest, marked as such."""
    if not found.matches and not found.weaker:
        return Text("nothing similar: no postmortem shares a word or a meaning")
    parts: list[RenderableType] = [_match(match) for match in found.matches]
    if not found.matches:
        parts.append(Text("nothing similar", style="verdict.inconclusive"))
        parts.append(Text("nearest, probably about something else:", style="quiet"))
        parts += [_match(match) for match in found.weaker[:3]]
    return Group(*parts)


def _match(match: Match) -> Text:
    postmortem = match.postmortem
    status = postmortem.status.value + (f", {postmortem.usefulness} times useful" if postmortem.usefulness else "")
    lines = [
        Text.assemble((postmortem.id, "ref"), " ", (clean(postmortem.title, 120), "component"), f" ({status})"),
        Text(f"  {percent(match.strength)} alike: {clean('; '.join(match.reasons), 200)}", style="quiet"),
    ]
    if postmortem.resolution:
        lines.append(Text.assemble("  ", ("fix ", "label"), clean(postmortem.resolution, 200)))
    return Text("\n").join(lines)


def found_json(found: Found) -> str:
    """Return matches as JSON; `similar` tells which of them are above the threshold."""
    rows = [_record(match, similar=True) for match in found.matches]
    rows += [_record(match, similar=False) for match in found.weaker]
    return json.dumps({"similar": bool(found.matches), "matches": rows}, indent=1, ensure_ascii=False)


def _record(match: Match, *, similar: bool) -> dict[str, object]:
    return {
        "id": match.postmortem.id,
        "title": match.postmortem.title,
        "status": match.postmortem.status.value,
        "similar": similar,
        "strength": round(match.strength, 3),
        "signs": {key: round(value, 3) for key, value in asdict(match.signs).items()},
        "section": match.section,
        "words": list(match.words),
        "reasons": list(match.reasons),
        "useful": match.postmortem.usefulness,
        "resolution": match.postmortem.resolution,
    }


def postmortem_view(postmortem: Postmortem, path: str) -> RenderableType:
    """Return one postmortem in full."""
    provenance = postmortem.provenance
    confirmed = f" by {clean(provenance.confirmed_by)}" if provenance.confirmed_by else ""
    facts = {
        "status": f"{postmortem.status.value}{confirmed}",
        "date": str(postmortem.date or ""),
        "services": ", ".join(postmortem.services),
        "dependencies": ", ".join(postmortem.dependencies),
        "fault kind": postmortem.fault_kind.value,
        "severity": postmortem.severity,
        "owner": postmortem.owner,
        "recurs from": ", ".join(postmortem.recurs_from),
        "superseded by": postmortem.superseded_by,
        "useful": f"{len(set(postmortem.useful_in))} times, misleading {len(set(postmortem.useless_in))} times",
        "from": provenance.run or provenance.source,
        "file": path,
    }
    parts: list[RenderableType] = [Text.assemble((postmortem.id, "ref"), " ", (clean(postmortem.title), "component"))]
    parts += [Text.assemble((f"{name:14}", "label"), clean(value)) for name, value in facts.items() if value]
    for name, title in (*HEADINGS.items(), ("notes", "Notes")):
        if text := postmortem.section(name):
            parts += [Text(), Text(title, style="component"), *_lines(text)]
    return Group(*parts)


def _lines(text: str) -> list[Text]:
    return [Text(clean(line, 2000)) for line in text.split("\n")]
