"""Customers of the shop: a seeded mix of requests, and what they experienced."""
