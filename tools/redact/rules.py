"""The rules as data (`rules.toml`) and the library's detectors, as compiled patterns."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, model_validator

from tools.redact.checks import CHECKS, Check

_LIBRARY = "detect_secrets.plugins"


class _Row(BaseModel):
    """A rule as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    needs: tuple[str, ...]
    pattern: str = ""
    detector: str = ""
    check: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> _Row:
        if bool(self.pattern) == bool(self.detector):
            raise ValueError(f"a rule for {self.kind} needs either a pattern or a detector")
        return self


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of secret and how to find it."""

    kind: str
    needs: tuple[str, ...]
    pattern: str
    detector: str
    check: Check | None

    def concerns(self, text: str, lowered: str) -> bool:
        """Tell whether it is worth trying: most texts hold nothing that any rule is about."""
        return any(need in (lowered if need.islower() else text) for need in self.needs)

    def find(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of secrets in a text."""
        compiled = _of_library(self.detector) if self.detector else (_compiled(self.pattern),)
        spans = []
        for pattern in compiled:
            for match in pattern.finditer(text):
                start, end = match.span(0 if self.detector else match.lastindex or 0)
                if self.check is None or self.check(text[start:end], text[max(0, start - 32) : start]):
                    spans.append((start, end))
        return spans


@cache
def rules() -> tuple[Rule, ...]:
    """Return all rules in order; where two find the same text, the first one names it."""
    text = (files("tools.redact") / "rules.toml").read_text(encoding="utf-8")
    rows = [_Row.model_validate(row) for row in tomllib.loads(text)["rule"]]
    return tuple(Rule(r.kind, r.needs, r.pattern, r.detector, CHECKS[r.check] if r.check else None) for r in rows)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@cache
def _of_library(detector: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns of one of the library's detectors.

    Its own `analyze_string` cannot be used: it returns the first group of a match, for some detectors the prefix only.
    """
    module, _, name = detector.partition(".")
    return tuple(getattr(import_module(f"{_LIBRARY}.{module}"), name).denylist)
