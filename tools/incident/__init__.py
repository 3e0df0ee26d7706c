"""Incident folders: the schema of incident.json and where the files lie."""

from tools.incident.folder import IncidentFolder, open_folder, read_incident_file
from tools.incident.schema import IncidentFile

__all__ = ["IncidentFile", "IncidentFolder", "open_folder", "read_incident_file"]
