"""OpenAI chat/completions: its side of the translation between formats."""
