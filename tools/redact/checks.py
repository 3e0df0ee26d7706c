"""The last word on what a pattern has found. A check sees the match and the span that would be cut out."""

from __future__ import annotations

import re
from collections.abc import Callable

Check = Callable[[str, str], bool]
"""Takes what would be cut out and the text before it; tells whether it is a secret."""

_WORDS = frozenset(
    """a an and are authentication cannot changed does empty expected expired failed false for has hash in incorrect
    invalid is mismatch missing must needed nil no none not null or provided required reset should the too true
    unchanged undefined unset was were with wrong""".split()  # noqa: SIM905  # one word a line would fill a page
)
"""What follows a word such as `password:` in prose."""
_WORD = re.compile(r"(?:[a-z]+|[A-Z]?[a-z]*|[A-Z]+)(?:[-_. ](?:[a-z]+|[A-Z][a-z]*|[A-Z]+))*")
_LONGEST_WORD = 24
_COUNT_DIGITS = 7
"""A number up to here is a count, such as of tokens, not a secret."""
_HOST_SUFFIXES = (".cluster.local", ".compute.internal", ".ec2.internal")
_NO_DOMAINS = frozenset(
    """css dll exe gif go html jar java jpg js json lock log mount path png py rb rs scope service sh slice so socket
    svg target timer toml ts txt xml yaml yml zip""".split()  # noqa: SIM905  # as above
)
"""What follows the last dot in names such as `user@1000.service` or `icon@2x.png`."""
_IDENTIFIER = re.compile(
    r"(?i)(?:id|number|ns|nano|nanos|offset|time|timestamp)[\"'\\]{0,3}\s{0,3}[=:]\s{0,3}[\"'\\]{0,3}$"
)


def is_no_word(found: str, before: str) -> bool:
    """Tell whether the value of a password is one: not prose, not a blank, not the working directory."""
    plain = found.strip("*.xX<>${}[]() \t")
    directory = found.startswith("/") and before.rstrip(" =:\"'").casefold().endswith("pwd")
    return bool(plain) and plain.casefold() not in _WORDS and not directory


def is_opaque(found: str, before: str) -> bool:
    """Tell whether a value looks like a token: neither words nor a small number."""
    plain = found.strip()
    if plain.isdigit():
        return len(plain) > _COUNT_DIGITS
    word = len(plain) <= _LONGEST_WORD and _WORD.fullmatch(plain)
    return bool(plain.strip("*.<>${}[]()")) and not word


def is_mixed(found: str, before: str) -> bool:
    """Tell whether a text holds small letters, capitals and digits: keys do, names and digests do not."""
    return all(any(test(char) for char in found) for test in (str.islower, str.isupper, str.isdigit))


def is_mailbox(found: str, before: str) -> bool:
    """Tell whether a text is an e-mail address, not a node, a unit, a file or a repository."""
    name, _, domain = found.replace("%40", "@").rpartition("@")
    last = domain.rpartition(".")[2].casefold()
    return name != "git" and last not in _NO_DOMAINS and not domain.casefold().endswith(_HOST_SUFFIXES)


def is_card(found: str, before: str) -> bool:
    """Tell whether digits pass the Luhn test (ISO/IEC 7812-1) and are not said to be an identifier or a time."""
    digits = [int(char) for char in reversed(found) if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0 and not _IDENTIFIER.search(before)


CHECKS: dict[str, Check] = {check.__name__: check for check in (is_no_word, is_opaque, is_mixed, is_mailbox, is_card)}
