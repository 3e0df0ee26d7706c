"""Files that are either whole or not there, also after a power cut."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

UNFINISHED = ".unfinished"
"""Suffix of a file that is being written; readers look for other names."""


def sync_folder(folder: Path) -> None:
    """Make the creation, renaming and removal of a folder's files durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace_durably(target: Path, write: Callable[[Path], None]) -> None:
    """Write a file aside, make it durable, and put it in the place of the target in one step."""
    aside = target.with_name(target.name + UNFINISHED)
    write(aside)
    handle = os.open(aside, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    aside.replace(target)
    sync_folder(target.parent)
