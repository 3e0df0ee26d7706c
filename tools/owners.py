"""Who owns a component: configuration first, then its own resource attributes, then CODEOWNERS."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from tools.errors import ConfigError

UNKNOWN = "unknown"
ATTRIBUTES = ("service.owner", "service.team", "owner", "team")
"""Resource attributes that name an owner, in order of precedence."""


def owner_of(
    component: str, configured: Mapping[str, str], resource: Mapping[str, str], codeowners: Path | None = None
) -> str:
    """Return the owner of a component, `unknown` when nothing names one.

    Args:
        component: service name.
        configured: service name or glob pattern → owner; an exact name wins over a pattern.
        resource: resource attributes of the component's telemetry.
        codeowners: a CODEOWNERS file in which a path segment may be the component's name.

    Raises:
        ConfigError: the CODEOWNERS file cannot be read.
    """
    if component in configured:
        return configured[component]
    by_pattern = next((owner for pattern, owner in configured.items() if fnmatchcase(component, pattern)), "")
    by_attribute = next((resource[name] for name in ATTRIBUTES if resource.get(name)), "")
    return by_pattern or by_attribute or (_from_codeowners(component, codeowners) if codeowners else "") or UNKNOWN


def _from_codeowners(component: str, file: Path) -> str:
    """Return the owners of the last rule whose path has the component as a segment: later rules win."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"cannot read {file}", str(error.strerror)) from error
    found = ""
    for line in lines:
        words = line.partition("#")[0].split()
        if len(words) > 1 and component in words[0].strip("/").split("/"):
            found = " ".join(words[1:])
    return found
