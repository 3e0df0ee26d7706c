"""What error texts say about the kind of fault."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from tools.faults.kinds import FaultKind


@cache
def _patterns() -> tuple[tuple[FaultKind, re.Pattern[str]], ...]:
    data = tomllib.loads((files("tools.faults") / "phrases.toml").read_text(encoding="utf-8"))
    return tuple((FaultKind(name), re.compile("|".join(words), re.IGNORECASE)) for name, words in data.items())


def kind_in_words(text: str) -> FaultKind | None:
    """Return the kind of fault that an error text names, None when it names none.

    Args:
        text: a log line or an error message.
    """
    return next((kind for kind, pattern in _patterns() if pattern.search(text)), None)
