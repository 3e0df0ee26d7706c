"""What a language model may ask for while it investigates: typed, read-only, bounded queries."""

from agent.toolbox.bench import Bench
from agent.toolbox.box import Result, Toolbox
from agent.toolbox.failed_run import RunBench

__all__ = ["Bench", "Result", "RunBench", "Toolbox"]
