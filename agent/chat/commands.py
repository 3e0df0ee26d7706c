"""The commands of the conversation: one table for parsing, completion, help and the command palette."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent.schema import Report
from tools.errors import InputError
from tools.evidence import Evidence

Takes = Literal["", "hypothesis", "evidence", "service", "run", "side", "limit"]
"""What the first argument of a command is, for completion."""


@dataclass(frozen=True, slots=True)
class CommandKind:
    """One command: how it is written, what it does, and whether it makes sense without arguments."""

    name: str
    arguments: str
    help: str
    takes: Takes = ""
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Command:
    """A command as given: its name, and the rest of the line."""

    name: str
    rest: str = ""

    def split(self) -> tuple[str, str]:
        """Return the first word of the rest, and what follows it."""
        first, _, more = self.rest.partition(" ")
        return first, more.strip()


@dataclass(frozen=True, slots=True)
class Known:
    """What can be named in the conversation at this moment."""

    hypotheses: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()

    def values(self, takes: Takes) -> tuple[str, ...]:
        """Return what can be given as a first argument."""
        ranks = tuple(f"H{number}" for number in range(1, len(self.hypotheses) + 1))
        sides = ("for", "against", "neither")
        return {
            "": (),
            "hypothesis": ranks,
            "evidence": self.evidence,
            "service": self.services,
            "run": self.runs,
            "side": sides,
            "limit": ("tokens", "calls", "seconds", "money"),
        }[takes]


def names_of(report: Report | None, looked: Iterable[Evidence], runs: Iterable[str]) -> Known:
    """Return what can be named: of a report, of what questions have found, of earlier runs."""
    evidence = (*(report.evidence if report else ()), *looked)
    hypotheses = report.hypotheses if report else ()
    services = {name for item in evidence for name in (item.subject.service, item.subject.peer) if name}
    links = {link.component for item in hypotheses for link in item.chain}
    return Known(
        hypotheses=tuple(item.component for item in hypotheses),
        evidence=tuple(item.id for item in evidence),
        services=tuple(sorted(services | links)),
        runs=tuple(runs),
    )


COMMANDS: tuple[CommandKind, ...] = (
    CommandKind(
        "why", "[H2]", "what speaks for and against a hypothesis, and how it reaches the symptom", "hypothesis"
    ),
    CommandKind("next", "[H2]", "what to check next, and what to do about it", "hypothesis"),
    CommandKind("evidence", "E7", "one finding: values, samples, the command that prints it again", "evidence", False),
    CommandKind("missing", "", "what would settle it but is not there"),
    CommandKind("trace", "[SERVICE | ID]", "the slowest request of a service, or one trace, as a waterfall", "service"),
    CommandKind("errors", "[SERVICE]", "failed requests", "service"),
    CommandKind("logs", "[SERVICE] [TEXT]", "log templates with counts, or lines that contain a text", "service"),
    CommandKind("metrics", "[SERVICE] [NAME]", "series that moved most", "service"),
    CommandKind("compare", "[SERVICE]", "self-time and errors of operations in both windows", "service"),
    CommandKind("topology", "[SERVICE]", "who calls whom, and who is hurt", "service"),
    CommandKind("changes", "", "deploys, configuration, flags, commits"),
    CommandKind("similar", "[TEXT]", "past incidents like this one"),
    CommandKind("owner", "[H2]", "whom to call", "hypothesis"),
    CommandKind("budget", "[LIMIT NUMBER]", "what it has cost and what is left; sets a limit, as in calls 30", "limit"),
    CommandKind("pin", "H2 | E7", "keep it in sight and look into it; once more lets it go", "hypothesis", False),
    CommandKind(
        "reject", "H2 REASON", "rule a hypothesis out; ranking and next queries leave it aside", "hypothesis", False
    ),
    CommandKind("restore", "H2", "take a rejection back", "hypothesis", False),
    CommandKind("observe", "for|against|neither SERVICE TEXT", "add what you have seen as evidence", "side", False),
    CommandKind("window", "FROM..TO [BASELINE]", "compare other windows: investigates again", "", False),
    CommandKind("investigate", "", "investigate again from the beginning"),
    CommandKind("stop", "", "stop now and answer from what is known (Esc)"),
    CommandKind("runs", "", "earlier investigations"),
    CommandKind("resume", "RUN", "open an earlier investigation, or go on with an interrupted one", "run", False),
    CommandKind("confirm", "[H1]", "confirm the cause and write the postmortem", "hypothesis"),
    CommandKind("export", "[FILE]", "write the report as Markdown"),
    CommandKind("search", "TEXT", "find evidence that contains a text", "", False),
    CommandKind("theme", "", "light or dark"),
    CommandKind("help", "", "what can be asked, and every key"),
    CommandKind("quit", "", "leave; everything is kept"),
)
_BY_NAME = {kind.name: kind for kind in COMMANDS}


def parse(text: str) -> Command:
    """Read a line that begins with a slash; the beginning of a name is enough where it is unique.

    Raises:
        InputError: there is no such command, or it needs an argument.
    """
    name, _, rest = text.strip().removeprefix("/").partition(" ")
    matches = [name] if name in _BY_NAME else [known for known in _BY_NAME if name and known.startswith(name)]
    if len(matches) != 1:
        near = matches or difflib.get_close_matches(name, _BY_NAME, 3) or ["help"]
        raise InputError(f"no command /{name}", "did you mean " + " or ".join(f"/{word}" for word in near) + "?")
    kind = _BY_NAME[matches[0]]
    if not rest.strip() and not kind.alone:
        raise InputError(f"/{kind.name} needs more", f"/{kind.name} {kind.arguments}")
    return Command(kind.name, rest.strip())


def matching(text: str) -> list[CommandKind]:
    """Return the commands that a line which begins with a slash may become."""
    name, blank, _ = text.removeprefix("/").partition(" ")
    if blank:
        return [kind for kind in COMMANDS if kind.name == name]
    return [kind for kind in COMMANDS if kind.name.startswith(name)]


def complete(text: str, known: Known) -> str:
    """Return a line completed by what is most likely meant, empty when nothing is."""
    if not text.startswith("/"):
        return ""
    name, blank, rest = text[1:].partition(" ")
    if not blank:
        return next((f"/{kind.name}" for kind in COMMANDS if name and kind.name.startswith(name)), "")
    kind = _BY_NAME.get(name)
    if kind is None:
        return ""
    values = known.values(kind.takes)
    if kind.takes == "side" and " " in rest:
        side, _, rest = rest.partition(" ")
        text, values = f"/{name} {side} ", known.services
    else:
        text = f"/{name} "
    typed = rest.casefold()
    found = next((value for value in values if typed and value.casefold().startswith(typed)), "")
    return text + found if found else ""
