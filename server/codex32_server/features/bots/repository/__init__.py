"""Queries of bots, versions and environments, one module each."""
