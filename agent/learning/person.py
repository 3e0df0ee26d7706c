"""Who is confirming."""

from __future__ import annotations

import subprocess

from tools.errors import InputError


def person(named: str) -> str:
    """Return the given name, else the one that git is configured with.

    Raises:
        InputError: neither is there; knowledge without a name behind it is not confirmed.
    """
    if named.strip():
        return named.strip()
    try:
        asked = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        asked = None
    if asked is None or not asked.stdout.strip():
        raise InputError("nobody vouches for this", "say who you are with --by NAME")
    return asked.stdout.strip()
