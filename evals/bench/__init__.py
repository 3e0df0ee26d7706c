"""The benchmark: what a survey and an investigation cost on a generated store of millions of spans."""
