"""What can go wrong in the demo system: faults, each with its written answer, and look-alikes."""
