"""Bots, their immutable versions, the proof of a version and the environments that point at one."""
