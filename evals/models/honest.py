"""The honest reader: asks what was changed, reads the changes, and claims only what it has read."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from evals.models.script import ScriptedModel, Seen, answer_of

READ = 3
"""Changes read at most."""
_MOVED = re.compile(
    r"^(E\d+) \[(self_time|edge_time|duration|metric|traffic)\] "
    r".*?(rose|fell) from ([\d.e+-]+) ?(\S*) to ([\d.e+-]+) (\S+)"
)
_SHARE = re.compile(r"^(E\d+) \[(errors|calls)\] ([\d.]+) % of .*?([\d.]+) % in the baseline")
_RECORD = re.compile(
    r"^(E\d+) \[says\] (?:deploy|config|flag|commit) of (\S+) .*?incident window began: “?(.+?)”?(?:, from [\d:]+)?$"
)
_COMMIT = re.compile(r"\bcommit ([0-9a-f]{12})\b|@([0-9a-f]{7,40})\b")
_HANDLE = re.compile(r"^(E\d+): change ")
_SETTINGS = {".toml", ".yaml", ".yml", ".json", ".ini", ".env", ".cfg", ".conf", ".properties"}


class Honest(ScriptedModel):
    """Reads changes; proposes the one that touches a leading component."""

    name = "honest reader"

    def asks(self, seen: Seen, tools: set[str]) -> list[tuple[str, dict[str, Any]]]:
        """Ask for changes and the leader's latency first, then for the diffs."""
        if not seen.results:
            first: list[tuple[str, dict[str, Any]]] = [("changes", {})] if "changes" in tools else []
            return first + [("latency", {"service": name}) for name in seen.leaders[:1] if "latency" in tools]
        commits = dict.fromkeys(a or b for text in seen.results for a, b in _COMMIT.findall(text))
        if len(seen.results) <= 2 and "diff" in tools:
            return [("diff", {"revision": revision}) for revision in list(commits)[:READ]]
        return []

    def answers(self, seen: Seen) -> str:
        """Claim the numbers of the evidence, and propose what a change says about a leading component."""
        claims = [claim for line in seen.evidence if (claim := _number(line, seen.services))][:6]
        hypotheses = []
        for component, kind, quote, ref in _read(seen):
            claims.append({"service": component, "predicate": "says", "quote": quote, "evidence": [ref]})
            hypotheses.append({"component": component, "fault_kind": kind, "claims": [len(claims)]})
        return answer_of(claims, hypotheses, "The change fits what began after it.")


def _number(line: str, services: list[str]) -> dict[str, Any] | None:
    service, peer = _subject(line, services)
    if moved := _MOVED.match(line):
        ref, predicate, direction, before, unit, after, after_unit = moved.groups()
        unit, after_unit = unit.rstrip(",;"), after_unit.rstrip(",;")
        values = {
            "before": {"number": before, "unit": unit or after_unit},
            "after": {"number": after, "unit": after_unit},
        }
        if "per second" in line:
            values = {name: {"number": value["number"], "unit": "1/s"} for name, value in values.items()}
    elif shares := _SHARE.match(line):
        ref, predicate, after, before = shares.groups()
        direction = "rose" if float(after) > float(before) else "fell"
        values = {"before": {"number": before, "unit": "%"}, "after": {"number": after, "unit": "%"}}
    else:
        return None
    return {
        "service": service,
        "peer": peer if predicate == "edge_time" else "",
        "predicate": predicate,
        "direction": direction,
        **values,
        "evidence": [ref],
    }


def _subject(line: str, services: list[str]) -> tuple[str, str]:
    """Return the service that a line is about, and of a line about a call the callee."""
    edge = re.search(r"(?:on the way|calls) to (\S+) from (\S+)", line)
    if edge:
        return edge[2], edge[1]
    named = [(line.find(f" {name} "), name) for name in services if f" {name} " in line]
    return (min(named)[1] if named else ""), ""


def _read(seen: Seen) -> list[tuple[str, str, str, str]]:
    """Return (component, fault kind, quoted words, evidence) of each change that touches a leading component."""
    found = []
    for text in seen.results:
        handle = _HANDLE.match(text)
        path = ""
        for line in text.splitlines() if handle else ():
            if line.startswith("file "):
                path = line[5:]
            elif handle and line.startswith("+") and len(line) > 8:
                parts = {part.partition(".")[0] for part in PurePosixPath(path).parts}
                found += [
                    (name, _kind(path, line), line[1:].strip(), handle[1]) for name in seen.leaders if name in parts
                ]
    for line in seen.evidence:
        if record := _RECORD.match(line):
            words = {record[2], *re.findall(r"[\w-]+", record[3])}
            found += [(name, "bad_configuration", record[3], record[1]) for name in seen.leaders if name in words]
    return list({name: (name, kind, quote, ref) for name, kind, quote, ref in reversed(found)}.values())


def _kind(path: str, line: str) -> str:
    if PurePosixPath(path).suffix in _SETTINGS:
        return "bad_configuration"
    if "raise " in line or "throw " in line or "[" in line:
        return "exception"
    return "slow_code" if "sleep" in line or "lock" in line or "while" in line else "bad_deploy"
