"""What a language model may ask for while it investigates: typed, read-only, bounded queries."""

from agent.toolbox.bench import Bench
from agent.toolbox.box import Result, Toolbox

__all__ = ["Bench", "Result", "Toolbox"]
