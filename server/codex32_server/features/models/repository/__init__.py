"""Queries of providers, aliases, models and kept answers."""
