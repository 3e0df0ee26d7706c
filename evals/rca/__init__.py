"""Root cause analysis, measured: cases with a known cause, the same investigation, scores."""
