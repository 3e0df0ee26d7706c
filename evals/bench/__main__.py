"""`python -m evals.bench`, which `make bench` runs."""

import typer

from evals.bench.command import bench

typer.run(bench)
