"""Ways through a system: the critical path of one request, and who is above and below a service."""

from tools.paths.blast import Reach, reach_of
from tools.paths.critical import Stretch, critical_path

__all__ = ["Reach", "Stretch", "critical_path", "reach_of"]
