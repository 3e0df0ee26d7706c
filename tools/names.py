"""Foreign names in sentences: what looks like a name stands as it is, anything else in quotation marks.

A span, pod or attribute may be named by whoever sends telemetry, and so may hold a sentence that addresses the
reader, human or model. In quotation marks it is plainly not ours.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"[\w./:{}*=,<>@→+$?&~#%()\[\]-]+(?: [\w./:{}*=,<>@→+$?&~#%()\[\]-]+){0,2}")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u206f\x00-\x1f\x7f-\x9f]+")
NAMED, QUOTED = 100, 200
"""Characters of a name, and of a quotation."""


def quoted(text: str, limit: int = QUOTED) -> str:
    """Return foreign text on one line in quotation marks that nothing in it can end."""
    line = _INVISIBLE.sub(" ", text).strip().replace("“", "'").replace("”", "'")
    return f"“{line[: limit - 1]}…”" if len(line) > limit else f"“{line}”"


def named(text: str) -> str:
    """Return a name as it is when it looks like one (at most three words, no address), else in quotation marks."""
    plain = text.strip()
    looks_so = len(plain) <= NAMED and "://" not in plain and _NAME.fullmatch(plain)
    return plain if looks_so else quoted(text)


def labelled(text: str) -> str:
    """Return a metric's name with its attributes as it is when all of them look like names, else in quotation marks."""
    base, brace, attributes = text.partition("{")
    parts = [base, *attributes.removesuffix("}").split(", ")] if brace else [base]
    return text if all(named(part) == part for part in parts if part) else quoted(text)
