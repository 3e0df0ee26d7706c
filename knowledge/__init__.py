"""Postmortems: past resolutions that come back when they matter."""
