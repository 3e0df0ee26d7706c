"""Everything that reads the running system, and the vocabulary that all rooms share."""
