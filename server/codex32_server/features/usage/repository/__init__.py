"""Queries of money, by what they are about."""
