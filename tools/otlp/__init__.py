"""OTLP, the OpenTelemetry protocol: decode it, receive it, import files of it, all into an incident folder."""

from tools.otlp.files import ImportReport, import_files
from tools.otlp.receive import Collector

__all__ = ["Collector", "ImportReport", "import_files"]
