"""Read a prompt with its version."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_VERSION = re.compile(r"<!-- version (\d+) -->\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's text, and its version with the beginning of its checksum: `3-1f2e3d4c`."""

    text: str
    version: str


@cache
def load_prompt(name: str) -> Prompt:
    """Return the prompt in `NAME.md`.

    Raises:
        ValueError: the file does not begin with `<!-- version N -->`.
    """
    whole = (files("agent.prompts") / f"{name}.md").read_text(encoding="utf-8")
    found = _VERSION.match(whole)
    if found is None:
        raise ValueError(f"the prompt {name} has no version")
    checksum = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return Prompt(whole[found.end() :].strip(), f"{found[1]}-{checksum}")
