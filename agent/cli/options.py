"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path | None, typer.Option(help="configuration file; default whydown.toml", metavar="FILE")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="print GitHub-flavoured Markdown")]
Every = Annotated[bool, typer.Option("--all", help="show every hypothesis in full, not the first only")]
ShowPrompts = Annotated[
    bool, typer.Option("--show-prompts", help="print to stderr exactly what was sent to the language model")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="a setting for this run, such as model.model=NAME (repeatable)", metavar="SETTING=VALUE"
    ),
]
Windows = Annotated[list[str] | None, typer.Option(help="baseline window, may be repeated", metavar="FROM..TO")]
