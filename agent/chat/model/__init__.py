"""A question answered by the language model: what it is told, what it may cost, and what of its answer is shown."""
