"""The journal of a run: what was read, asked, answered and spent, so that anyone can see it and play it again."""

from agent.journal.entries import Begun, Ended, Entry, Exchange
from agent.journal.file import NAME, JournalFile, lines_of, read_journal, sent_of
from agent.journal.player import Player, ReplayModel
from agent.journal.recorder import Recorder

__all__ = [
    "NAME",
    "Begun",
    "Ended",
    "Entry",
    "Exchange",
    "JournalFile",
    "Player",
    "Recorder",
    "ReplayModel",
    "lines_of",
    "read_journal",
    "sent_of",
]
