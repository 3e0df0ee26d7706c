"""Plain-word questions without a model: the words that stand for a command, and the names that they mention.

This is a lookup, not understanding: whoever asks in other words is told which questions work.
"""

from __future__ import annotations

import re

from agent.chat.commands import Command, Known

_WORDS: tuple[tuple[str, str], ...] = (
    ("similar", r"similar|before\b|again\b|past incident|postmortem|seen this|last time|recur"),
    ("missing", r"missing|don.?t (we )?know|not know|unknown|uncertain|gaps?\b|blind"),
    ("changes", r"chang|deploy|roll(ed)? ?out|release|commit|config|flag"),
    ("owner", r"\bowns?\b|owner|whom? (do|should|to|can) |responsible|which team"),
    ("next", r"next|check|what (should|can|do) (i|we)|\bfix\b|remed|mitigat|\bdo now\b|do about"),
    (
        "topology",
        r"who calls|calls whom|depend|topolog|call graph|blast|affected|hurt|suffer|impact|downstream|upstream",
    ),
    ("errors", r"error|fail|exception|status 5|5xx"),
    ("logs", r"\blogs?\b|logged|log lines?|says?\b|print"),
    ("metrics", r"metric|cpu|memory|disk|pool|queue|gauge|connections?\b|saturat|rate\b"),
    ("trace", r"trace|slowest|waterfall|critical path|request that|example"),
    ("compare", r"compar|baseline|slower|slow|latenc|self.?time|how long|duration|operations?\b"),
    ("budget", r"budget|cost|token|spent|money"),
    ("why", r"why|cause|what broke|what happened|explain|how do you know|root|culprit|blame|evidence"),
    ("help", r"help|what can (i|you)"),
)
_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _WORDS]
EXAMPLES: tuple[str, ...] = (
    "why is it slow?  ·  what broke?",
    "what changed?",
    "errors of SERVICE",
    "logs of SERVICE  ·  logs of SERVICE with “timeout”",
    "cpu of SERVICE  ·  metrics of SERVICE",
    "the slowest trace of SERVICE",
    "how did SERVICE compare with the baseline?",
    "who calls SERVICE?  ·  who is affected?",
    "has this happened before?",
    "what should I check next?  ·  who owns it?",
    "what is missing?",
    "E7  ·  H2  ·  a trace id",
)
"""Questions that work without a model."""
_NAMES_METRIC = re.compile(r"\b(cpu|memory|disk|pool|queue|connections?)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"']([^”\"']+)[”\"']")
_TRACE_ID = re.compile(r"\b[0-9a-f]{16,32}\b")


def understand(text: str, known: Known) -> Command | None:
    """Return the command that a question stands for, None when its words stand for none."""
    if found := re.fullmatch(r"\s*([EQ]\d+)\W*", text, re.IGNORECASE):
        return Command("evidence", found[1].upper())
    if found := _TRACE_ID.search(text):
        return Command("trace", found[0])
    hypothesis = re.search(r"\bH(\d+)\b", text, re.IGNORECASE)
    service = named_service(text, known)
    name = next((name for name, pattern in _PATTERNS if pattern.search(_without(text, service))), "")
    if not name:
        name = "why" if hypothesis or service else ""
    if not name:
        return None
    return Command(name, _rest(name, text, service, f"H{hypothesis[1]}" if hypothesis else "", known))


def is_lookup(text: str, command: Command) -> bool:
    """Tell whether a line only names what is to be shown, so that nothing is left to explain."""
    named = re.fullmatch(r"\s*(?:[EQH]\d+|[0-9a-f]{16,32})\W*", text, re.IGNORECASE)
    return bool(named) or command.name in {"help", "budget"}


def named_service(text: str, known: Known) -> str:
    """Return the known service that a text names, the longest first; empty when it names none."""
    for name in sorted(known.services, key=len, reverse=True):
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE):
            return name
    return ""


def _without(text: str, service: str) -> str:
    """Leave out the service's name: one called `config` is no question about configuration."""
    return re.sub(re.escape(service), " ", text, flags=re.IGNORECASE) if service else text


def _rest(name: str, text: str, service: str, hypothesis: str, known: Known) -> str:
    quoted = _QUOTED.search(text)
    match name:
        case "why" | "next" | "owner":
            return hypothesis or (service if service in known.hypotheses else "")
        case "logs":
            return f"{service} {quoted[1] if quoted else ''}".strip()
        case "metrics":
            metric = _NAMES_METRIC.search(_without(text, service))
            return f"{service} {metric[1].rstrip('s') if metric else ''}".strip()
        case "trace" | "errors" | "compare" | "topology":
            return service
        case "similar" if quoted:
            return quoted[1]
    return ""
