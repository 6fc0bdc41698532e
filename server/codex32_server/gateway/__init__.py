"""The model gateway: wire formats, providers, wrappers. Read `contract` first. Knows no database."""
