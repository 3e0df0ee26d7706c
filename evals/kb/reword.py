"""Turn the symptoms of a postmortem into what somebody on call would type. Rules only, no model.

1. Dates, times, durations, ticket numbers and addresses go: the next occurrence has others.
2. Sentences that tell the cause or the cure go: on call, nobody knows them yet.
3. What is left is put in other words where a common phrase has another wording, loses its function words,
   and is cut to `WORDS` words, as people type into a search box.
4. Wherever six words in a row still stand in the target document, one of them is taken out.
"""

from __future__ import annotations

import calendar
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WORDS = 12
RUN = 6
"""No run of this many words may be shared with the target document."""

_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in calendar.month_name[1:] if len(name) > 3) + "|may|sept"
_TIMES = re.compile(
    r"https?://\S+"
    r"|\(?tracking id:? [\w-]+\)?"
    rf"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b,?"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b\.?,?(?:\s+\d{{4}})?"
    rf"|\b(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b,?(?:\s+\d{{4}})?"
    r"|\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b"
    r"|\b\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\b\.?)?"
    r"|\b(?:utc|gmt|pst|pdt|pt|est|edt|jst|bst|us/pacific|pacific(?: daylight| standard)? time)\b"
    r"|\b(?:19|20)\d{2}\b|#\s?\d+"
    r"|\b(?:for )?(?:a (?:total )?duration of )?(?:about |approximately )?"
    r"\d+(?:\.\d+)?\s*(?:hours?|minutes?|mins?|days?|seconds?)\b",
    re.IGNORECASE,
)
_TELLS_MORE = re.compile(
    r"root cause|caused by|cause of|because|due to|as a result of|resulted from|triggered|underlying|determined that"
    r"|identified|engineers|mitigat|resolved|restored|recover|rolled? ?back|reverted|\bfix|workaround|deployed|apolog"
    r"|investigat|steps to|improve|prevent",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Patterns with what replaces them, in order, and words to drop."""

    reworded: tuple[tuple[re.Pattern[str], str], ...]
    dropped: frozenset[str]


@cache
def wording() -> Wording:
    """Return the tables of `wording.toml`."""
    table = tomllib.loads((files("evals.kb") / "wording.toml").read_text(encoding="utf-8"))
    pairs = tuple((re.compile(pattern, re.IGNORECASE), other) for pattern, other in table["reworded"].items())
    return Wording(pairs, frozenset(table["dropped"]["words"].split()))


def reword(text: str, target: str) -> str:
    """Return a query made of symptoms, sharing no run of `RUN` words with the target; may be empty.

    Args:
        text: title and symptoms.
        target: everything that the index holds of the document.
    """
    bare = _TIMES.sub(" ", text)
    sentences = [part for part in re.split(r"(?<=[.!?])\s+|\n+", bare) if not _TELLS_MORE.search(part)]
    plain = " ".join(sentences)
    for pattern, other in wording().reworded:
        plain = pattern.sub(other, plain)
    words = [word.strip(".'/-_") for word in re.findall(r"[^\W_][\w'%./-]*", plain)]
    telling = [word for word in words if word and (word == "US" or word.casefold() not in wording().dropped)]
    return " ".join(_without_runs(list(dict.fromkeys(telling))[:WORDS], target))


def _without_runs(words: list[str], target: str) -> list[str]:
    kept: list[str] = []
    for word in words:
        tail = " ".join(kept[-RUN:])
        if longest_run(f"{tail} {word}", target) < RUN:
            kept.append(word)
    return kept


def longest_run(query: str, target: str) -> int:
    """Return the length of the longest run of words that both texts hold."""
    words, have = split_words(query), f" {' '.join(split_words(target))} "
    best = 0
    for start in range(len(words)):
        while start + best < len(words) and f" {' '.join(words[start : start + best + 1])} " in have:
            best += 1
    return best


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(r"[^\W_]+", text.casefold())
