"""The command line `codex32`."""
