"""One writer a folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.errors import CollectorError
from tools.otlp.parts.lock import FolderLock


def test_the_second_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(CollectorError, match=rf"another whydown process \(pid {os.getpid()}\)"):
        FolderLock(tmp_path)
    with FolderLock(tmp_path):
        pass


def test_a_dead_holder_frees_it(tmp_path: Path) -> None:
    code = "import os, sys, pathlib; from tools.otlp.parts.lock import FolderLock\n"
    code += "FolderLock(pathlib.Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert ended.returncode == -9
    FolderLock(tmp_path).release()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CollectorError, match="cannot write into"):
        FolderLock(tmp_path / "file" / "folder")
