"""Client of the Codex-32 API, and the command line built on it."""
