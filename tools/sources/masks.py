"""How log lines are made comparable: what varies between two runs of the same statement is masked.

The patterns are RE2 syntax, which databases and Python understand alike.
"""

from __future__ import annotations

import re

import orjson

LINE_LIMIT = 400
"""Characters of a line that are read: a template shows in its beginning, a payload follows."""
EXAMPLE_LIMIT = 2000
"""Characters of a line that are shown as an example."""
MESSAGE_LIMIT = 300
"""Characters of an exception's message that are read from a span: what is wrong stands in its beginning."""
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_TOKEN = r"(?:0x[0-9a-fA-F]+|\b[0-9a-fA-F]*\d[0-9a-fA-F]{7,}\b|\d+)"
MASKS = (
    (r"\b\w+@[\w.-]+\.\w+\b", "<mail>"),
    (rf"{_UUID}|{_TOKEN}(?:[.:,-]{_TOKEN})*", "<*>"),
    (r'"[^"]{0,200}"', '"<*>"'),
)
"""Pattern and replacement, in order: addresses, ids and numbers, quoted values.

Ids and numbers look the same once masked, as a number of eight digits cannot be told from an id.
"""
MESSAGE_KEYS = ("message", "msg", "log")
"""Where a JSON line has its message."""
_COMPILED = tuple((re.compile(pattern, re.ASCII), replacement) for pattern, replacement in MASKS)


def masked(line: str) -> str:
    """Return a line with a JSON line's message unwrapped and everything masked that varies."""
    text = _message(line)[:LINE_LIMIT]
    for pattern, replacement in _COMPILED:
        text = pattern.sub(replacement, text)
    return text


def _message(line: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    for key in MESSAGE_KEYS:
        if (value := document.get(key)) is not None:
            return value if isinstance(value, str) else orjson.dumps(value).decode()
    return line
