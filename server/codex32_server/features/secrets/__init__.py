"""Encrypted values of a workspace. Empty until its capability is built."""
