"""A demo system in someone's hands: left standing between commands, or played as one live story."""
