"""A small server for teams: GitHub tells it of finished runs, and it comments."""
