"""Queries of triggers, a module for each kind."""
