"""What works, and what to do about what does not."""

from agent.doctor.examine import examine
from agent.doctor.finding import Diagnosis, Finding

__all__ = ["Diagnosis", "Finding", "examine"]
