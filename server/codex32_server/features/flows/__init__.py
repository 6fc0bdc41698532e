"""Durable graphs of steps. Empty until its capability is built."""
