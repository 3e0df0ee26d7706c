"""Models that are wrong on purpose, each in one way."""

from __future__ import annotations

import re
import time
from typing import Any

from agent.model import ChatRequest, Completion
from evals.models.script import ScriptedModel, Seen, answer_of

Calls = list[tuple[str, dict[str, Any]]]


class BlamesFirst(ScriptedModel):
    """Blames whichever service is listed first, and rests that on findings about others."""

    name = "blames the first service"

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Look at the first service once."""
        return [("latency", {"service": name}) for name in seen.services[:1]] if not seen.results else []

    def answers(self, seen: Seen) -> str:
        """Claim that the first service is slow, causes everything, and was badly deployed."""
        first = seen.services[0] if seen.services else "nobody"
        refs = [line.split()[0] for line in seen.evidence[:2]] or ["E1"]
        claims: list[dict[str, Any]] = [
            {"service": first, "predicate": "self_time", "direction": "rose", "evidence": refs},
            {"service": first, "predicate": "causes", "peer": (seen.leaders or [first])[0], "evidence": refs},
        ]
        claims += [
            {"service": name, "predicate": "self_time", "direction": "rose", "evidence": refs}
            for name in seen.leaders[:1]
        ]
        proposals = [{"component": first, "fault_kind": "bad_deploy", "claims": [n]} for n in (1, 2, 3)]
        return answer_of(claims, proposals, f"{first} is the root cause of the incident beyond any doubt.")


class Invents(ScriptedModel):
    """Cites evidence that exists with numbers that it does not hold."""

    name = "invents numbers"

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Ask nothing."""
        return []

    def answers(self, seen: Seen) -> str:
        """Claim made-up values of everything."""
        claims: list[dict[str, Any]] = []
        for line in seen.evidence[:8]:
            ref, what = line.split()[0], re.search(r"\[(\w+)\]", line)
            for name in seen.leaders[:2]:
                values = {"before": {"number": 20, "unit": "ms"}, "after": {"number": 900, "unit": "ms"}}
                claims.append(
                    {
                        "service": name,
                        "predicate": what[1] if what else "errors",
                        "direction": "fell",
                        **values,
                        "evidence": [ref],
                    }
                )
                claims.append(
                    {"service": name, "predicate": "says", "quote": "OOM-killed 512 times", "evidence": [ref]}
                )
        proposals = [
            {"component": name, "fault_kind": "bad_configuration", "claims": [2]} for name in seen.services[-1:]
        ]
        return answer_of(claims, proposals, "It was OOM-killed 512 times.")


class CitesGhosts(ScriptedModel):
    """Cites evidence that does not exist."""

    name = "cites what does not exist"

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Ask about a service that does not exist."""
        return [("latency", {"service": "ghost-service"})] if not seen.results else []

    def answers(self, seen: Seen) -> str:
        """Claim with ids of its own."""
        claims = [
            {"service": name, "predicate": "errors", "direction": "rose", "evidence": [f"E{900 + number}"]}
            for number, name in enumerate(seen.services[:6])
        ]
        proposals = [{"component": name, "fault_kind": "exception", "claims": [1, 77]} for name in seen.services[:1]]
        return answer_of(claims, proposals)


class Loops(ScriptedModel):
    """Asks the same question without end, in slightly other words."""

    name = "loops"

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Ask again."""
        name = (seen.services or ["nobody"])[0]
        marks = "!" * (len(seen.results) % 4)
        return [("log_lines", {"service": name, "text": f"error{marks}"}), ("latency", {"service": name})]

    def answers(self, seen: Seen) -> str:
        """Ask once more instead of answering."""
        return '{"name": "latency", "arguments": {"service": "again"}}'


class Breaks(ScriptedModel):
    """Answers in JSON that is none."""

    name = "breaks its JSON"

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Ask nothing."""
        return []

    def answers(self, seen: Seen) -> str:
        """Break off."""
        return '```json\n{"claims": [{"service": "' + "x" * 40


class Hangs(ScriptedModel):
    """Never answers, and never times out by itself."""

    name = "hangs"

    def complete(self, request: ChatRequest) -> Completion:
        """Wait for ever, whatever the limit of time is."""
        while True:
            time.sleep(3600)

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Ask nothing."""
        return []

    def answers(self, seen: Seen) -> str:
        """Say nothing."""
        return ""


class BlamesChange(ScriptedModel):
    """Quotes recorded changes truthfully and blames each of them: right words, wrong conclusion."""

    name = "blames every change"

    def asks(self, seen: Seen, tools: set[str]) -> Calls:
        """Ask for the changes."""
        return [("changes", {})] if "changes" in tools and not seen.results else []

    def answers(self, seen: Seen) -> str:
        """Blame the services of all changes, the innocent ones first."""
        claims: list[dict[str, Any]] = []
        proposals: list[dict[str, Any]] = []
        pattern = re.compile(r"^(E\d+) \[says\] \w+ of (\S+) .*began: “?(.+?)”?(?:, from [\d:]+)?$")
        for record in filter(None, map(pattern.match, reversed(seen.evidence))):
            claims.append({"service": record[2], "predicate": "says", "quote": record[3], "evidence": [record[1]]})
            proposals.append({"component": record[2], "fault_kind": "bad_configuration", "claims": [len(claims)]})
        return answer_of(claims, proposals)
