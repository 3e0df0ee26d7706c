"""`python -m agent` is `whydown`."""

from agent.cli import main

main()
