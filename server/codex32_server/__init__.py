"""Codex-32 server. ARCHITECTURE.md at the root of the repository is the map."""
