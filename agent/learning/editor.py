"""Let a person edit a postmortem, and keep them from leaving a broken file unnoticed."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from knowledge.postmortem import Postmortem, read_postmortem
from tools.config import editor_command
from tools.errors import KnowledgeError


def edit_file(path: Path) -> Postmortem:
    """Open a file in the user's editor, wait, and return what it holds then.

    Raises:
        KnowledgeError: the editor cannot be started, or the file has errors now; it is kept as it is.
    """
    command = shlex.split(editor_command())
    try:
        subprocess.run([*command, str(path)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise KnowledgeError(f"the editor {command[0]} failed", f"set $EDITOR, or edit {path} yourself") from error
    postmortem, problems = read_postmortem(path)
    if postmortem is None:
        raise KnowledgeError(str(problems[0]), "edit it again; until then it is skipped")
    return postmortem
