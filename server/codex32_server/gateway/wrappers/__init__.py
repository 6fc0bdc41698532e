"""Fallback, cache, budget, limit and trace: each one wrapper. Empty until the gateway is built."""
