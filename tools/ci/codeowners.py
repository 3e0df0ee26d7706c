"""Who owns a file, by a CODEOWNERS file as GitHub reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: a pattern and its owners; no owners takes the file away from all."""

    pattern: str
    owners: tuple[str, ...]


def parse_codeowners(text: str) -> list[Rule]:
    """Read a CODEOWNERS file; comments and blank lines are passed over."""
    rules = []
    for line in text.splitlines():
        words = re.split(r"(?<!\\)\s+", line.split(" #")[0].strip())
        if words[0] and not words[0].startswith("#"):
            rules.append(Rule(words[0].replace("\\ ", " "), tuple(words[1:])))
    return rules


def owners_of(path: str, rules: list[Rule]) -> tuple[str, ...]:
    """Return the owners of a file: the last rule that matches decides."""
    for rule in reversed(rules):
        if _expression(rule.pattern).fullmatch(path.lstrip("/")):
            return rule.owners
    return ()


@lru_cache(maxsize=4_096)
def _expression(pattern: str) -> re.Pattern[str]:
    """Translate a pattern; it follows gitignore, without negation and character ranges."""
    anchored = "/" in pattern.rstrip("/")
    body = "".join(_piece(piece) for piece in re.split(r"(\*\*/|/\*\*|\*\*|\*|\?)", pattern.strip("/")))
    inside = "/.*" if pattern.endswith("/") else "(?:/.*)?" if not pattern.endswith("*") or "/" not in pattern else ""
    return re.compile(("" if anchored else "(?:.*/)?") + body + inside)


def _piece(piece: str) -> str:
    return {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
