"""The model gateway: wire formats, providers and the wrappers round them. Empty until its capability is built."""
