"""OpenAI responses: its side of the translation between formats."""
