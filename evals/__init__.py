"""How good it is: the demo system, recordings, measures, benchmarks."""
