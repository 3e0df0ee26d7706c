"""Alerting and recording rules of a Prometheus-compatible backend, and which of them read a series.

See https://prometheus.io/docs/prometheus/latest/querying/api/#rules. Expressions are not evaluated here: selectors
are found in them, so that a rule can be matched with the series that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tools.errors import SourceError
from tools.live.http import Answer
from tools.live.http.failures import one_line
from tools.live.metrics import api

EXPRESSION_LIMIT = 200
"""Characters of an expression that are told."""
_STRING = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)")
_RANGE = re.compile(r"\[([^\]:]*)(?::[^\]]*)?\]")
_SELECTOR = re.compile(
    rf"(?P<text>{_STRING})|(?<![\w:.])(?P<name>[a-zA-Z_:][\w:]*)?\s*(?P<braces>\{{(?:[^{{}}\"'`]|{_STRING})*\}})"
    r"|(?<![\w:.])(?P<bare>[a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])"
)
_MATCHER = re.compile(rf"(\w+)\s*(=~|!~|!=|=)\s*({_STRING})")
_WORDS = frozenset({"and", "or", "unless", "bool", "offset", "inf", "nan", "atan2"})
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}


class _Raw(BaseModel):
    """A rule as the API describes it; `duration` is its `for` in seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    query: str
    type: str = ""
    duration: float = 0.0
    state: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    problem: str = Field(default="", alias="lastError")


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    interval: float = 0.0
    rules: tuple[_Raw, ...] = ()


class _Groups(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    groups: tuple[_Group, ...] = ()


Matchers = Sequence[tuple[str, str, str]]
"""Label, operator and value."""


@dataclass(frozen=True)
class Rule:
    """One rule. `held_seconds` is its `for`; `state` of an alert is inactive, pending or firing, now."""

    name: str
    records: bool
    expression: str
    held_seconds: float
    labels: Mapping[str, str]
    state: str
    problem: str
    every_seconds: float = 0.0

    @cached_property
    def selectors(self) -> list[tuple[str, Matchers]]:
        """Return the metric (empty: any) and label matchers of every selector in the expression."""
        return list(_selectors(self.expression))

    @property
    def lookback_seconds(self) -> float:
        """Return how far back the expression looks: its longest range."""
        return max((seconds(found) for found in _RANGE.findall(self.expression)), default=0.0)

    def reads(self, names: Collection[str], labels: Mapping[str, str]) -> bool:
        """Tell whether the rule reads a series that has one of some names; labels that are not known do not count."""
        return any(name in names and _agree(matchers, labels) for name, matchers in self.selectors)

    @property
    def condition(self) -> str:
        """Return what the rule computes, in one line, and for how long it must hold."""
        held = f" for {self.held_seconds:g} s" if self.held_seconds else ""
        return one_line(self.expression, EXPRESSION_LIMIT) + held

    def __str__(self) -> str:
        """Return the rule in one sentence about a series that it reads."""
        if self.records:
            return f"the recording rule {self.name} reads it: {self.condition}"
        return f"the alert {self.name} watches it, {self.state or 'inactive'} now: {self.condition}"


def read_rules(answer: Answer) -> list[Rule]:
    """Return all rules of all groups.

    Raises:
        SourceError: the answer is not Prometheus'.
    """
    try:
        groups = _Groups.model_validate(api.data_of(answer) or {}).groups
    except ValidationError as error:
        raise SourceError(f"the answer of {answer.source} holds no rules", "is its url right?") from error
    return [
        Rule(
            name=raw.name,
            records=raw.type == "recording",
            expression=raw.query,
            held_seconds=raw.duration,
            labels=raw.labels,
            state=raw.state,
            problem=raw.problem,
            every_seconds=group.interval,
        )
        for group in groups
        for raw in group.rules
    ]


def rules_that_read(rules: Iterable[Rule], names: Collection[str], labels: Mapping[str, str]) -> list[Rule]:
    """Return the rules that read a series, also through what other rules record of it; those that fire first.

    Args:
        rules: all rules.
        names: the metric, with all names that its series may have.
        labels: of the series.
    """
    left, wanted, found = list(rules), set(names), list[Rule]()
    while more := [rule for rule in left if rule.reads(wanted, labels)]:
        found += more
        left = [rule for rule in left if rule not in more]
        wanted |= {rule.name for rule in more if rule.records}
    order = {"firing": 0, "pending": 1}
    return sorted(found, key=lambda rule: (rule.records, order.get(rule.state, 2), rule.name))


def seconds(duration: str) -> float:
    """Return the seconds of a PromQL duration such as 1h30m."""
    return sum(int(number) * _SECONDS[unit] for number, unit in _DURATION.findall(duration))


def _selectors(expression: str) -> Iterator[tuple[str, Matchers]]:
    plain = _RANGE.sub(" ", _GROUPING.sub(" ", expression))
    for found in _SELECTOR.finditer(plain):
        if found["text"] or (found["bare"] or "").lower() in _WORDS:
            continue
        matchers = [(at, operator, _unquoted(value)) for at, operator, value in _MATCHER.findall(found["braces"] or "")]
        named = next((value for at, operator, value in matchers if (at, operator) == ("__name__", "=")), "")
        yield found["name"] or found["bare"] or named, matchers


def _unquoted(text: str) -> str:
    inside = text[1:-1]
    return inside if text[0] == "`" else re.sub(r"\\(.)", r"\1", inside)


def _agree(matchers: Matchers, labels: Mapping[str, str]) -> bool:
    return all(_agrees(labels[at], operator, value) for at, operator, value in matchers if at in labels)


def _agrees(value: str, operator: str, wanted: str) -> bool:
    if operator in {"=", "!="}:
        return (value == wanted) is (operator == "=")
    try:
        matched = re.fullmatch(wanted, value) is not None
    except re.error:  # Go's syntax has what Python's lacks; the rule may read the series
        return True
    return matched is (operator == "=~")
