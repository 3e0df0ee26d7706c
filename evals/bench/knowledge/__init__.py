"""Speed and size of a large knowledge base."""
