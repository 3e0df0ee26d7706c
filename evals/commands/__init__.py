"""Commands that the evaluation adds to the command line."""
