"""What could be better about a bot: looked for in its files, its runs and what it spends."""
