"""From an investigation to the knowledge base and back: recall, confirm, capture."""
