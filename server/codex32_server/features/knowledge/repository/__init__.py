"""Queries of knowledge, a module for each kind of row."""
