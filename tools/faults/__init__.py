"""Fault kinds, their families and their playbooks."""

from tools.faults.kinds import FaultFamily, FaultKind
from tools.faults.phrases import kind_in_words
from tools.faults.playbooks import Playbook, playbook

__all__ = ["FaultFamily", "FaultKind", "Playbook", "kind_in_words", "playbook"]
