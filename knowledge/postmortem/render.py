"""Write a postmortem as the text of its file: front matter in a fixed order, then its sections."""

from __future__ import annotations

import yaml

from knowledge.postmortem.schema import FRONT_MATTER, Postmortem
from knowledge.postmortem.sections import HEADINGS, NOTES

ALWAYS = ("id", "title", "date", "status", "services", "dependencies", "fault_kind", "severity", "owner")
"""Keys written even when empty, so that an author sees what can be filled in."""


def render_postmortem(postmortem: Postmortem) -> str:
    """Return the text of the file; reading it again gives an equal postmortem."""
    data = postmortem.model_dump(mode="json", include=set(FRONT_MATTER))
    data["provenance"] = {key: value for key, value in data["provenance"].items() if value}
    shown = {key: data[key] for key in FRONT_MATTER if data[key] or key in ALWAYS}
    shown["date"] = postmortem.date
    front = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=100, default_flow_style=False)
    parts = [f"---\n{front}---", f"# {postmortem.title}"]
    parts += [f"## {title}\n\n{postmortem.section(name)}".rstrip() for name, title in HEADINGS.items()]
    if postmortem.notes:
        starts_section = postmortem.notes.startswith("## ")
        parts.append(postmortem.notes if starts_section else f"## {NOTES}\n\n{postmortem.notes}")
    return "\n\n".join(parts) + "\n"
