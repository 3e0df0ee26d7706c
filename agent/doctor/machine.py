"""Is there what whydown needs on this machine: a place for runs, a vocabulary, programs and files that it reads."""

from __future__ import annotations

import shutil
from pathlib import Path

from agent.doctor.finding import Finding, failed
from agent.model.tokens import vocabulary_is_there
from tools.config import Settings
from tools.errors import WhydownError

PROGRAMS = {
    "git": "reads source code (repository) and knows who confirms a cause",
    "redis-server": "runs in the demo system",
    "initdb": "makes the PostgreSQL of the demo system",
}
"""Optional programs, and what each is for."""
_ELSEWHERE = "/usr/lib/postgresql"
"""Where Debian keeps PostgreSQL's programs, outside the search path."""


def check_machine(settings: Settings) -> list[Finding]:
    """Look at folders, files and programs."""
    return [_runs(settings.runs), _vocabulary(), *_files(settings), *(_program(name) for name in PROGRAMS)]


def _runs(folder: Path) -> Finding:
    trial = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_text("")
        trial.unlink()
    except OSError as error:
        remedy = "set WHYDOWN_RUNS to a folder you own"
        return Finding(name="runs", status="failed", detail=f"cannot write {folder}: {error.strerror}", remedy=remedy)
    return Finding(name="runs", status="ok", detail=f"kept in {folder}")


def _vocabulary() -> Finding:
    if vocabulary_is_there():
        return Finding(name="token count", status="ok", detail="exact for o200k, without a network")
    remedy = "set TIKTOKEN_CACHE_DIR to a folder you own"
    return Finding(
        name="token count", status="off", detail="estimated: no vocabulary could be put in place", remedy=remedy
    )


def _files(settings: Settings) -> list[Finding]:
    found = []
    if settings.codeowners is not None:
        there = settings.codeowners.is_file()
        detail = f"{settings.codeowners}" + ("" if there else " does not exist")
        remedy = "" if there else "set codeowners to your CODEOWNERS file"
        found.append(Finding(name="owners", status="ok" if there else "failed", detail=detail, remedy=remedy))
    if settings.repository is not None:
        found.append(_repository(settings.repository))
    return found


def _repository(folder: Path) -> Finding:
    from tools.repository import open_repository

    try:
        open_repository(folder)
    except WhydownError as error:
        return failed("repository", error)
    return Finding(name="repository", status="ok", detail=f"{folder} can be read")


def _program(name: str) -> Finding:
    found = shutil.which(name) or next(map(str, Path(_ELSEWHERE).glob(f"*/bin/{name}")), None)
    if found:
        return Finding(name=name, status="ok", detail=f"{found}: {PROGRAMS[name]}")
    return Finding(name=name, status="off", detail=f"not installed; it {PROGRAMS[name]}", remedy="optional")
