"""`whydown config`."""

from __future__ import annotations

from agent.cli.options import AsJson, Config, Set


def config(as_json: AsJson = False, sets: Set = None, config: Config = None) -> None:
    """Show all settings, their values and how to set them."""
    from agent.cli.output import print_table
    from agent.show.configuration import settings_table
    from tools.config import as_flags, load_settings

    print_table(settings_table(load_settings(config, **as_flags(sets or []))), as_json=as_json)
