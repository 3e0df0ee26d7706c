"""Live backends: telemetry read where a team keeps it, with read requests only."""
