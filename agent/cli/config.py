"""`whydown config`."""

from __future__ import annotations

from agent.cli.options import AsJson, Config


def config(as_json: AsJson = False, config: Config = None) -> None:
    """Show all settings, their values and how to set them."""
    from agent.cli.output import print_table
    from agent.show.configuration import settings_table
    from tools.config import load_settings

    print_table(settings_table(load_settings(config)), as_json=as_json)
