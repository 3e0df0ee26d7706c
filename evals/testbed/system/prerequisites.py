"""Programs the demo system needs from the operating system."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tools.errors import PrerequisiteError

POSTGRES_ROOT = Path("/usr/lib/postgresql")


def redis_server() -> str:
    """Return the path of redis-server.

    Raises:
        PrerequisiteError: it is not installed.
    """
    return _program("redis-server", "redis-server")


def setpriv() -> str:
    """Return the path of setpriv, which drops privileges and ties a child to its parent's life.

    Raises:
        PrerequisiteError: it is not installed.
    """
    return _program("setpriv", "util-linux")


def postgres_program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, of the newest version that is installed.

    Raises:
        PrerequisiteError: it is not installed.
    """
    versions = [path for path in POSTGRES_ROOT.glob("*/bin") if (path / name).exists()]
    if versions:
        newest = max(versions, key=lambda path: float(re.sub(r"[^\d.]", "", path.parent.name) or 0))
        return str(newest / name)
    return _program(name, "postgresql")


def check() -> None:
    """Make sure that everything is there before anything is started.

    Raises:
        PrerequisiteError: something is not installed.
    """
    redis_server()
    setpriv()
    for name in ("initdb", "postgres", "psql"):
        postgres_program(name)


def _program(name: str, package: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise PrerequisiteError(f"{name} is not installed", f"apt-get install --no-install-recommends {package}")
    return path
