"""Measures: pure functions from outcomes to numbers, each with the source of its formula."""
