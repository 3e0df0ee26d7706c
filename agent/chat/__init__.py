"""A conversation about one incident: commands, plain questions, answers from tables, and what was said."""

from agent.chat.commands import COMMANDS, Command, Known, complete, parse
from agent.chat.session import Session
from agent.chat.transcript import Transcript, Turn

__all__ = ["COMMANDS", "Command", "Known", "Session", "Transcript", "Turn", "complete", "parse"]
