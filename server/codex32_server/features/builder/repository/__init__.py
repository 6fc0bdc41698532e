"""Queries of sessions, their stages, what was said, and what happened."""
