"""The prompts, each in a Markdown file of its own that begins with its version."""

from agent.prompts.load import Prompt, load_prompt

__all__ = ["Prompt", "load_prompt"]
