"""GitHub: reading a failed run, and keeping one comment on its pull request."""
