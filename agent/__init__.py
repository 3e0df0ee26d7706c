"""The investigation: from a symptom to ranked hypotheses with evidence."""
