"""Causes planted in a diff: bundled recordings whose reason stands in a commit that no record ties to a service."""
