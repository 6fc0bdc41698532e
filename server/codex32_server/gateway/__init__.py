"""The model gateway: wire formats, providers, wrappers. Empty until its capability is built."""
