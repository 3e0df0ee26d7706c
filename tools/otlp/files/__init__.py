"""Files of OTLP, as the collector's file exporter and the SDKs' file exporters write them."""

from tools.otlp.files.importing import ImportReport, import_files

__all__ = ["ImportReport", "import_files"]
