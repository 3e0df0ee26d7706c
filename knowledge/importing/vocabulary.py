"""How people call the parts of a postmortem: headings and keys → fields."""

from __future__ import annotations

import re

WORDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "key", "number", "incident id", "reference"),
    "title": ("title", "name", "headline", "issue name"),
    "date": ("date", "time", "day", "started", "started at", "start", "created at", "incident date", "occurred"),
    "services": ("services", "service", "components", "component", "affected services", "systems", "system"),
    "dependencies": ("dependencies", "dependency", "upstreams"),
    "fault_kind": ("fault kind", "fault type", "fault"),
    "severity": ("severity", "sev", "priority", "impact level"),
    "owner": ("owner", "owners", "author", "authors", "team", "created by", "incident commander"),
    "links": ("links", "link", "url", "urls", "references", "source"),
    "symptoms": (
        *("symptoms", "symptom", "summary", "issue summary", "incident summary", "executive summary", "overview"),
        *("abstract", "what happened", "impact", "user impact", "customer impact", "manifestation", "manifestations"),
        *("description", "problem", "problem statement", "effects", "issue", "background and symptoms"),
    ),
    "root_cause": (
        *("root cause", "root causes", "root cause analysis", "cause", "causes", "rca", "trigger", "why"),
        *("why did it happen", "why it failed", "why it happened", "contributing factors", "diagnosis", "analysis"),
    ),
    "resolution": (
        *("resolution", "resolution and recovery", "recovery", "mitigation", "mitigations", "remediation", "fix"),
        *("solution", "how was it fixed", "how it was fixed", "immediate actions", "corrective action"),
        *("corrective actions", "workaround", "response"),
    ),
    "validation": ("validation", "verification", "how we verified", "testing the fix"),
    "notes": ("notes", "details", "detail", "timeline", "body", "text", "content", "lessons learned"),
}
_BY_WORD = {word: field for field, words in WORDS.items() for word in words}
_SUFFIXES = re.compile(r" (?:text|labels?|description|section|list)$")
_PLAIN_SECTIONS = ("symptoms", "root_cause", "resolution", "validation")


def field_named(heading: str) -> str:
    """Return the field that a heading or key names, empty when it names none.

    Numbers, punctuation, and remarks in brackets do not matter: `2. Root Cause (UTC):` is a root cause.
    """
    plain = re.sub(r"\([^)]*\)", " ", heading.casefold())
    plain = " ".join(re.findall(r"[a-z]+", plain.replace("'", "")))
    for candidate in (plain, _SUFFIXES.sub("", plain)):
        if candidate in _BY_WORD:
            return _BY_WORD[candidate]
    return ""


def section_named(heading: str) -> str:
    """Return the section that a heading names, empty for all others."""
    field = field_named(heading)
    return field if field in _PLAIN_SECTIONS else ""
