"""Analysers of continuous integration runs: job logs and JUnit XML, both untrusted."""
