"""What an investigation against live backends costs."""
