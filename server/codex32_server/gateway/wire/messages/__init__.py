"""Anthropic messages: its side of the translation between formats."""
